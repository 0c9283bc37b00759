/** Topics as typed handles: a service publishes to one or consumes from it, and is granted just that. */
import { CallSite } from "./call-site";
import { type Store } from "./store";

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
  /** What becomes of messages that nobody took yet when the region is lost: a broker's queues are not copied to another. */
  readonly recovery: Republished | GivenUp;
  /** A topic that nobody publishes to or consumes from yet, on purpose. What is published is dropped until somebody consumes. @default false */
  readonly reserved?: boolean;
  /** How often a message is delivered before it becomes a dead letter, which an alert announces. @default 5 */
  readonly attempts?: number;
}

/** Its publishers write each message down in a store first, and publish from there what was not confirmed. */
export interface Republished {
  /** One that a publisher writes; it is lost no more than that store is. */
  readonly republishedFrom: Store;
}

/** Why such messages may be lost, in a sentence. */
export interface GivenUp {
  readonly givenUp: string;
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
