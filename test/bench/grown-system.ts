/** A shop many times over: cells of user, payment and order, each with its own stores, each order calling the cell before. */
import { external } from "../../graph/external";
import { type AnyService, service } from "../../graph/service";
import { postgres, redis, type StoreKind } from "../../graph/store";
import { type System, system } from "../../graph/system";
import { type AwsSettings, type Settings } from "../../stacks/schema";

export interface Grown {
  readonly system: System;
  readonly settings: Settings;
}

const KEEPS = { keeps: "data", rpo: "15 minutes", rto: "2 hours" } as const;

interface Cell {
  readonly services: readonly AnyService[];
  readonly user: AnyService;
}

const stripe = external("stripe", { hosts: ["api.stripe.com"] });

function cell(nth: number, before: Cell | undefined): Cell {
  const [orders, payments] = [postgres(`orders-${nth}`, KEEPS), postgres(`payments-${nth}`, KEEPS)];
  const sessions = redis(`sessions-${nth}`, { ...KEEPS, holds: "cache" });
  const listens = { http: 8080 };
  const user = service(`user-${nth}`, {
    listens,
    uses: { sessions: sessions.readWrite() },
    routes: [{ path: `/users-${nth}` }],
  });
  const payment = service(`payment-${nth}`, {
    listens,
    uses: { payments: payments.readWrite(), stripe: stripe.call() },
    routes: [{ path: `/payments-${nth}` }],
  });
  const neighbour = before === undefined ? {} : { neighbour: before.user.call("http") };
  const order = service(`order-${nth}`, {
    listens,
    uses: {
      orders: orders.readWrite(),
      sessions: sessions.read(),
      users: user.call("http"),
      payments: payment.call("http"),
      ...neighbour,
    },
    routes: [{ path: `/orders-${nth}` }],
  });
  return { services: [user, payment, order], user };
}

type StoreSettings = AwsSettings["stores"][string];

const PLACED = {
  redis: { flavour: "valkey", replicas: 0, memory: "128 MiB" },
  postgres: { flavour: "cloudnative-pg", instances: 1, disk: "10 GiB" },
} as const satisfies Record<StoreKind, StoreSettings>;

const storeSettings = (services: readonly AnyService[]): AwsSettings["stores"] => {
  const uses = services.flatMap(({ args }) => Object.values(args.uses ?? {}));
  const placed = uses.flatMap((use): (readonly [string, StoreSettings])[] =>
    use.lends === "store" ? [[use.store.name, PLACED[use.store.kind]]] : [],
  );
  return Object.fromEntries(placed);
};

/** @param base settings of a stack; stores and the load balancer's quota follow the system. */
export function grownTo(count: number, base: Settings): Grown {
  if (base.provider !== "aws") throw new Error("the grown shop stands behind the load balancer of AWS");
  const cells: Cell[] = [];
  while (cells.length * 3 < count) cells.push(cell(cells.length, cells.at(-1)));
  const services = cells.flatMap((each) => each.services).slice(0, count);
  const settings = { ...base, stores: storeSettings(services), edge: { ...base.edge, rules: 2 * count + 10 } };
  return { system: system("shop", services), settings };
}
