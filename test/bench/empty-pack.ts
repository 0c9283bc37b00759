/** A pack that is shown every resource and says nothing: what the engine's own way of asking any pack costs. */
import { PolicyPack } from "@pulumi/policy";

new PolicyPack("empty", {
  policies: [
    {
      name: "says-nothing",
      description: "Nothing is asked.",
      enforcementLevel: "advisory",
      validateResource: () => undefined,
    },
  ],
});
