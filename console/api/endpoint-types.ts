import type * as z from 'zod';
import type { endpoints } from '../../core/contract/endpoints.ts';

type Known = (typeof endpoints)[keyof typeof endpoints];
type PathOf<Method> = Extract<Known, { readonly method: Method }>['path'];
export type GetPath = PathOf<'GET'>;
export type PostPath = PathOf<'POST'>;

type EndpointOf<Method, Path> = Extract<Known, { readonly method: Method; readonly path: Path }>;
type Segments<Path extends string> = Path extends `${string}{${infer Name}}${infer Rest}`
  ? Name | Segments<Rest>
  : never;

/** What stands for the `{name}` of a path. */
export type SegmentsOf<Path extends string> = { readonly [Name in Segments<Path>]: string };
export type QueryOf<Path> = {
  readonly [Name in keyof z.input<EndpointOf<'GET', Path>['query']>]?: string | number | boolean | undefined;
};
export type BodyOf<Path> =
  EndpointOf<'POST', Path> extends { readonly body: infer Body extends z.ZodType } ? z.input<Body> : undefined;
export type AnswerOf<Method, Path> =
  EndpointOf<Method, Path> extends { readonly response: infer Response extends z.ZodType }
    ? z.output<Response>
    : unknown;
