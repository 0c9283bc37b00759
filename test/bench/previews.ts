/** Preview of the production shop against the engine's own floor: as many bare resources, through the same runner. */
import { RandomPassword } from "@pulumi/random";
import { type Program } from "../../embedded/engine/language-server";
import { preview } from "../../embedded/engine/preview";
import { type Session } from "../../embedded/engine/session";
import { type Section } from "./figures";
import { median, rounds } from "./measure";
import { emptyPack, PACK } from "./site";

/** Nothing but resources: no component, no dependency, one provider. */
const bare =
  (count: number): Program =>
  () => {
    for (let nth = 0; nth < count; nth += 1) new RandomPassword(`bare-${nth}`, { length: 24 });
    return Promise.resolve({});
  };

/** @param session on production, without a pack. */
export async function previews(session: Session, repeat: number): Promise<Section> {
  const { resources } = await preview(session); // the first one also loads what both need
  const count = resources.length - 1; // the stack itself comes with every program
  const floor = { ...session, program: bare(count) };
  const one = { ...session, program: bare(1) };
  const empty = emptyPack(session.files.checkout);
  const all = await rounds(repeat, {
    floor: () => preview(floor),
    shop: () => preview(session),
    one: () => preview(one),
    oneJudged: () => preview({ ...one, pack: PACK }),
    shopAsked: () => preview({ ...session, pack: empty }),
    shopJudged: () => preview({ ...session, pack: PACK }),
  });
  const of = (pick: (round: (typeof all)[number]) => number): number => median(all.map(pick));
  const analyzer = of(({ one: plain, oneJudged }) => oneJudged - plain);
  return {
    title: `preview of shop, prod (${count} resources)`,
    figures: [
      { what: "as many bare resources: the engine's own floor", value: of((round) => round.floor), unit: "s" },
      { what: "shop", value: of((round) => round.shop), unit: "s" },
      { what: "shop against the floor", value: of((round) => round.shop / round.floor), unit: "times", aim: 1.25 },
      { what: "analyzer start", value: analyzer, unit: "s", aim: 2 },
      {
        what: "shop with a pack without rules: what asking costs the engine",
        value: of(({ shopAsked }) => shopAsked),
        unit: "s",
      },
      { what: "shop with the pack", value: of(({ shopJudged }) => shopJudged), unit: "s" },
      {
        what: "asking and judging, less the analyzer's start, against shop",
        value: of(({ shop, shopJudged }) => (shopJudged - analyzer) / shop),
        unit: "times",
      },
      {
        what: "judging: what the rules add to a pack without rules, against shop",
        value: of(({ shop, shopAsked, shopJudged }) => 1 + (shopJudged - shopAsked) / shop),
        unit: "times",
        aim: 1.3,
      },
    ],
  };
}
