/**
 * What is left of the backups of a lost region: their copy, in the region that stands in, made by the lost region's own
 * stack. Lends reading only. The key is the lost region's replica here, found by the alias it has in both regions.
 */
import { type Statement } from "../identity/statement";
import { arn, bucketName, globalArn, physicalName, type Scope } from "../names";

/** List and restore the copied backups, or archives, of `lost`, a region, from a stack of `scope`. */
export function copyReader(
  scope: Scope,
  lost: string,
  purpose: "backups" | "archive" = "backups",
): readonly Statement[] {
  const there = { ...scope, region: lost };
  const bucket = globalArn(scope, "s3", bucketName(there, `${purpose}-copy`), "");
  const alias = `alias/${physicalName("alias", there, purpose)}`;
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
