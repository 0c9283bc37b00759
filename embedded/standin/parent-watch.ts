/** Loaded with `node --require` into programs that are not ours, such as the policy pack's host. */
import { endWithParent } from "../process/parent";

endWithParent();
