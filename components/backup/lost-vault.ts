/**
 * What is left of the backups of a lost region: their copy, in the region that stands in, made by the lost region's own
 * stack. Lends reading only. The key is the lost region's replica here, found by the alias it has in both regions.
 */
import { type Statement } from "../identity/statement";
import { arn, globalArn, physicalName, type Scope } from "../names";
import { backupCopyBucket } from "./velero-objects";

/** List and restore the copied backups of `lost`, a region, from a stack of `scope`. */
export function copyReader(scope: Scope, lost: string): readonly Statement[] {
  const there = { ...scope, region: lost };
  const bucket = globalArn(scope, "s3", backupCopyBucket(there), "");
  const alias = `alias/${physicalName("alias", there, "backups")}`;
  return [
    { sid: "ListLostBackups", actions: ["s3:ListBucket", "s3:GetBucketLocation"], resources: [bucket] },
    { sid: "ReadLostBackups", actions: ["s3:GetObject", "s3:GetObjectVersion"], resources: [`${bucket}/*`] },
    {
      sid: "DecryptLostBackups",
      actions: ["kms:Decrypt", "kms:DescribeKey"],
      resources: [arn(scope, "kms", "key/*")],
      conditions: {
        StringEquals: { "kms:ViaService": `s3.${scope.region}.amazonaws.com` },
        "ForAnyValue:StringEquals": { "kms:ResourceAliases": alias },
      },
    },
  ];
}
