/** A process of its own that starts a control plane, for a test that kills it: `node plane-child.js OPTIONS-AS-JSON`. */

import { startControlPlane, type ControlPlaneOptions } from "../../embedded/plane/control-plane";

void startControlPlane(JSON.parse(process.argv[2] ?? "") as ControlPlaneOptions);
