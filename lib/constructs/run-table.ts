import { RemovalPolicy, Stack } from 'aws-cdk-lib';
import type { Attribute } from 'aws-cdk-lib/aws-dynamodb';
import { AttributeType, BillingMode, ProjectionType, Table, TableEncryption } from 'aws-cdk-lib/aws-dynamodb';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { Construct } from 'constructs';
import { env } from '../../core/contract/env.ts';
import {
  breakerKey,
  dayAccountKey,
  documentLeadingKeyPattern,
  dueIndexPartition,
  escalationKey,
  idempotencyKey,
  ledgerKey,
  ledgerLeadingKeyPattern,
  openIndexPartition,
  runAccountKey,
  runPartition,
  tableShape,
} from '../../core/contract/keys.ts';
import type { BundledFunction } from './bundled-function.ts';
import { grantKey } from './grant-key.ts';

/** Leading keys of each kind of item, of every tenant. `*` spans `#`, so the pattern of runs covers ledgers as well. */
const runs = runPartition('*', '*');
const ledgers = ledgerKey({ tenantId: '*', skill: '*', runId: '*', stepId: '*', direction: 'F' }).PK;
const escalations = escalationKey('*', '*').PK;
const idempotency = idempotencyKey('*', '*').PK;
const runAccounts = runAccountKey('*', '*').PK;
const spendAccounts = [runAccounts, dayAccountKey('*', '*').PK];
const breakers = breakerKey('*').PK;
const indexPartitions = 'T#*';
const dueRuns = dueIndexPartition('*');
const openItems = openIndexPartition('*');
const { index, dueIndex, openIndex } = tableShape;

const read = ['dynamodb:GetItem', 'dynamodb:BatchGetItem'];
const write = ['dynamodb:PutItem'];

/** The one table: on demand, restorable to any second, and kept when the stack goes. */
export class RunTable extends Construct {
  readonly table: Table;
  readonly #key: IKey;

  constructor(scope: Construct, id: string, props: { readonly encryptionKey: IKey }) {
    super(scope, id);
    this.#key = props.encryptionKey;
    // Not TableV2: it cannot have a key of ours in a stack that is not bound to a region.
    this.table = new Table(this, 'Table', {
      partitionKey: text(tableShape.partitionKey),
      sortKey: text(tableShape.sortKey),
      billingMode: BillingMode.PAY_PER_REQUEST,
      encryption: TableEncryption.CUSTOMER_MANAGED,
      encryptionKey: props.encryptionKey,
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
      deletionProtection: true,
      removalPolicy: RemovalPolicy.RETAIN,
    });
    this.table.addGlobalSecondaryIndex({
      indexName: index.name,
      partitionKey: text(index.partitionKey),
      sortKey: text(index.sortKey),
      projectionType: ProjectionType.INCLUDE,
      nonKeyAttributes: [...index.projectedAttributes],
    });
    for (const { name, partitionKey, sortKey } of [dueIndex, openIndex]) {
      this.table.addGlobalSecondaryIndex({
        ...{ indexName: name, partitionKey: text(partitionKey), sortKey: text(sortKey) },
        projectionType: ProjectionType.KEYS_ONLY,
      });
    }
  }

  /** Lets the function of a skill keep its own ledger, and see nothing else. */
  grantOwnLedger(fn: BundledFunction, skill: string): void {
    this.#grant(fn, ['dynamodb:GetItem', ...write], [ledgerLeadingKeyPattern(skill)]);
  }

  /** Lets the function of a skill keep its own documents, of any tenant, and list and remove them. */
  grantOwnDocuments(fn: BundledFunction, skill: string): void {
    const actions = ['dynamodb:GetItem', ...write, 'dynamodb:DeleteItem', 'dynamodb:Query'];
    this.#grant(fn, actions, [documentLeadingKeyPattern(skill)]);
  }

  /**
   * Lets Decide read runs and every ledger, write heads, plans and inbox items, and close steps that were never begun; and
   * see which breakers are open, so that a step is not moved to what is down as well.
   */
  grantDecide(fn: BundledFunction): void {
    this.#grant(fn, [...read, ...write], [runs, ledgers]);
    this.#grant(fn, read, [breakers]);
    // It opens and closes inbox items, and seals a trace with what people have answered.
    this.#grant(fn, [...read, ...write], [escalations]);
    this.#grant(fn, ['dynamodb:Query'], [runs], [ledgers]);
  }

  /**
   * Lets the API start, list, show and cancel runs, list and settle escalations, note in a ledger what a person attests,
   * and list, isolate and close breakers.
   */
  grantApi(fn: BundledFunction): void {
    this.#grant(fn, [...read, ...write], [runs, ledgers, escalations, idempotency, breakers]);
    this.#grantList(fn, index.name, indexPartitions);
    this.#grant(fn, ['dynamodb:Query'], [runs], [ledgers]);
  }

  /**
   * Lets the function that hands on parts of goals begin, read and cancel runs, settle what those have asked people, set
   * aside what they may spend, and see what their steps have given. Its own ledger is granted like that of any skill.
   */
  grantDelegate(fn: BundledFunction): void {
    this.#grant(fn, read, [runs, ledgers, escalations]);
    this.#grant(fn, write, [runs], [ledgers]);
    this.#grant(fn, write, [escalations]);
    this.#grant(fn, ['dynamodb:GetItem', ...write], [runAccounts]);
  }

  /** Lets a function that calls models reserve and settle what its calls cost, for any run and tenant. */
  grantSpend(fn: BundledFunction): void {
    this.#grant(fn, ['dynamodb:GetItem', ...write], spendAccounts);
  }

  /** Lets a function see what runs and tenants have spent. */
  grantReadSpend(fn: BundledFunction): void {
    this.#grant(fn, read, spendAccounts);
  }

  /** Lets the inbox open escalations, and restart runs that have died, whose ledgers it sees. */
  grantInbox(fn: BundledFunction): void {
    this.#grant(fn, read, [runs, ledgers, escalations]);
    this.#grant(fn, write, [runs], [ledgers]);
    this.#grant(fn, write, [escalations]);
  }

  /**
   * Lets the sweep list runs and inbox items that ought to have moved, of all tenants, do to them what the inbox does, reject
   * what nobody has approved in time (an approval stands beside the ledger of its step), and see how old the open items are.
   */
  grantSweep(fn: BundledFunction): void {
    this.#grant(fn, read, [runs, ledgers, escalations]);
    this.#grant(fn, write, [runs, ledgers, escalations]);
    this.#grantList(fn, dueIndex.name, dueRuns);
    this.#grantList(fn, openIndex.name, openItems);
  }

  /** Lets a function share every breaker: think, which asks any model and tells planners of what is broken. */
  grantBreakers(fn: BundledFunction): void {
    this.#grant(fn, ['dynamodb:GetItem', ...write], [breakers]);
  }

  /** Lets the function of a skill share the breaker of what it depends on, and see no other. */
  grantOwnBreaker(fn: BundledFunction, dependency: string): void {
    this.#grant(fn, ['dynamodb:GetItem', ...write], [breakerKey(dependency).PK]);
  }

  /** Lets a function read everything that the trace of a run is made of, and write nothing. */
  grantReadTrace(fn: BundledFunction): void {
    this.#grant(fn, read, [runs, ledgers, escalations]);
    this.#grant(fn, ['dynamodb:Query'], [runs], [ledgers]);
  }

  #grantList(fn: BundledFunction, indexName: string, partitions: string): void {
    fn.addToRolePolicy(
      new PolicyStatement({
        actions: ['dynamodb:Query'],
        resources: [`${this.table.tableArn}/index/${indexName}`],
        conditions: leadingKeys([partitions]),
      }),
    );
  }

  #grant(fn: BundledFunction, actions: readonly string[], keys: readonly string[], but: readonly string[] = []): void {
    fn.addToRolePolicy(
      new PolicyStatement({
        actions: [...actions],
        resources: [this.table.tableArn],
        conditions: leadingKeys(keys, but),
      }),
    );
    grantKey(fn, this.#key, `dynamodb.${Stack.of(this).region}.amazonaws.com`);
    fn.addEnvironment(env.table, this.table.tableName);
  }
}

const text = (name: string): Attribute => ({ name, type: AttributeType.STRING });

function leadingKeys(patterns: readonly string[], but: readonly string[] = []): Record<string, unknown> {
  return {
    'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': [...patterns] },
    ...(but.length === 0 ? {} : { 'ForAllValues:StringNotLike': { 'dynamodb:LeadingKeys': [...but] } }),
  };
}
