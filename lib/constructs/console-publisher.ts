import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { CfnCustomResource } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { Code, LayerVersion } from 'aws-cdk-lib/aws-lambda';
import type { Bucket } from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import type { PublishRequest } from '../../core/contract/console-files.ts';
import { env } from '../../core/contract/env.ts';
import { acknowledgePatterns } from '../acknowledged.ts';
import type { ResourceNames } from '../names.ts';
import { BundledFunction } from './bundled-function.ts';

export interface ConsolePublisherProps {
  readonly names: ResourceNames;
  readonly bundleDir: string;
  /** Where `npm run build:console` wrote the console. */
  readonly consoleDir: string;
  readonly bucket: Bucket;
  /** The configuration of the console, as JSON text. */
  readonly config: string;
}

const publishSeconds = 120;
/** Where Lambda puts the files of a layer. */
const layerDirectory = '/opt';

/**
 * Writes the console and its configuration into the bucket when it is deployed. The files come with the function, as a layer, so
 * it reads nothing of the account and may write into this one bucket. Throws an Error when the console was not built.
 */
export class ConsolePublisher extends Construct {
  constructor(scope: Construct, id: string, props: ConsolePublisherProps) {
    super(scope, id);
    const { names, bundleDir, consoleDir, bucket, config } = props;
    if (!existsSync(join(consoleDir, 'index.html'))) {
      throw new Error(`There is no console in ${consoleDir}. Run "npm run build:console" first.`);
    }
    const publish = new BundledFunction(this, 'publish-console', {
      functionName: names.own('publish-console'),
      description: 'Writes the console into its bucket',
      bundleDir,
      bundle: 'publish-console',
      timeoutSeconds: publishSeconds,
      environment: { [env.consoleFiles]: layerDirectory },
    });
    const files = new LayerVersion(this, 'Files', {
      description: 'The files of the console',
      // Which source is in which file is of use to the build only.
      code: Code.fromAsset(consoleDir, { exclude: ['manifest.json'] }),
    });
    publish.addLayers(files);
    const objects = bucket.arnForObjects('*');
    publish.addToRolePolicy(new PolicyStatement({ actions: ['s3:PutObject'], resources: [objects] }));
    acknowledgePatterns(publish.ownRole, [objects], 'The bucket is for the console alone, and this writes all of it.');
    const properties: PublishRequest = { bucket: bucket.bucketName, config };
    const published = new CfnCustomResource(this, 'Published', {
      serviceToken: publish.functionArn,
      serviceTimeout: 2 * publishSeconds,
    });
    // Another layer is another console, which is then written again.
    for (const [name, value] of Object.entries({ ...properties, files: files.layerVersionArn })) {
      published.addPropertyOverride(name, value);
    }
  }
}
