/** Topics as typed handles: a service publishes to one or consumes from it, and is granted just that. */
import { CallSite } from "./call-site";

/** What a topic lends: the right to publish, or to consume as one consumer group. */
export interface TopicCapability<N extends string = string> {
  readonly lends: "topic";
  readonly topic: Topic<N>;
  readonly access: "publish" | "consume";
  readonly site: CallSite;
}

export interface TopicArgs {
  /** What one message means, for people. */
  readonly carries: string;
  /** A topic that nobody publishes to or consumes from yet, on purpose. What is published is dropped until somebody consumes. @default false */
  readonly reserved?: boolean;
  /** How often a message is delivered before it becomes a dead letter, which an alert announces. @default 5 */
  readonly attempts?: number;
}

export class Topic<N extends string = string> {
  constructor(
    readonly name: N,
    readonly args: TopicArgs,
  ) {}

  publish(): TopicCapability<N> {
    return { lends: "topic", topic: this, access: "publish", site: new CallSite() };
  }

  consume(): TopicCapability<N> {
    return { lends: "topic", topic: this, access: "consume", site: new CallSite() };
  }
}

export const topic = <const N extends string>(name: N, args: TopicArgs): Topic<N> => new Topic(name, args);
