/** Which of AWS's named security policies accept nothing below TLS 1.2. */
import type { Field } from "../value";

/** https://docs.aws.amazon.com/elasticloadbalancing/latest/application/describe-ssl-policies.html: the names say the minimum. */
export const MODERN = "^ELBSecurityPolicy-(TLS13-1-[23]|TLS-1-2|FS-1-2)-";

const modern = new RegExp(MODERN);

/** Absent is not modern: the API's default is ELBSecurityPolicy-2016-08, which accepts TLS 1.0. */
export const isModern = (policy: Field): boolean => modern.test(policy.text ?? "");
