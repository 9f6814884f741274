/** Where whoever has subscribed is told of something, such as an SNS topic. */
export interface Topic {
  /** @param attributes by which subscribers may choose */
  publish(message: {
    readonly subject: string;
    readonly body: string;
    readonly attributes: Readonly<Record<string, string>>;
  }): Promise<void>;
}
