/**
 * Which zones an account sees in each region of AWS; regions not listed show three, `a` to `c`. The letters are from
 * observation, since AWS publishes ids of zones and not their letters; which region has how many is published.
 *
 * @see https://docs.aws.amazon.com/global-infrastructure/latest/regions/aws-availability-zones.html
 */
const LETTERS: Readonly<Record<string, string>> = {
  "us-east-1": "abcdef",
  "us-west-1": "ac",
  "us-west-2": "abcd",
  "ap-northeast-1": "acd",
  "ap-northeast-2": "abcd",
  "ca-central-1": "abd",
};

export const zonesOf = (region: string): readonly string[] =>
  [...(LETTERS[region] ?? "abc")].map((letter) => `${region}${letter}`);
