/**
 * Security-relevant inputs of everything the AWS components register, for a small and a large platform. Not proved here:
 * that AWS accepts them, nor the order of creation, which the engine's own tests observe.
 */
import assert from "node:assert/strict";
import { MANDATORY_TAGS } from "../../../components/names";
import { dev, prod } from "./platform";
import { capture, named, ofType, only, type Registered, scope, statements, ZONES } from "./support";

let large: readonly Registered[];
let small: readonly Registered[];

before(async function () {
  this.timeout(30_000);
  large = (await capture((root) => prod(scope, root))).graph;
  small = (await capture((root) => dev({ ...scope, stage: "dev", account: "111111111111" }, root))).graph;
});

const inputsOf = (graph: readonly Registered[], type: string) => ofType(graph, type).map(({ inputs }) => inputs);
const pick = (inputs: Readonly<Record<string, unknown>>, ...keys: string[]) =>
  Object.fromEntries(keys.map((key) => [key, inputs[key]]));
const document = ({ inputs }: Registered) => statements(inputs.policy);

describe("the AWS network", () => {
  it("makes a way out per zone in prod and a single one in dev", () => {
    assert.deepEqual(
      ofType(large, "ec2:NatGateway").map(({ inputs }) => inputs.subnetId),
      ZONES.map((zone) => `network-public-${zone}-id`),
    );
    assert.deepEqual(
      ofType(small, "ec2:NatGateway").map(({ name }) => name),
      ["network-nat-eu-west-1a"],
    );
  });

  it("routes nothing but public and private subnets outside", () => {
    const open = new Set(inputsOf(large, "ec2:Route").map(({ routeTableId }) => routeTableId));
    const tables = new Map(
      inputsOf(large, "ec2:RouteTableAssociation").map((join) => [join.subnetId, join.routeTableId]),
    );
    const subnets = ofType(large, "ec2:Subnet");
    assert.equal(tables.size, subnets.length);
    const reached = subnets.filter(({ name }) => open.has(tables.get(`${name}-id`)));
    assert.deepEqual(
      [...new Set(reached.map(({ inputs }) => (inputs.tags as Record<string, string>).tier))].toSorted(),
      ["private", "public"],
    );
    assert.equal(reached.length, 6);
  });

  it("sends each zone's pods through its own zone's gateway", () => {
    for (const zone of ZONES) {
      const route = named(large, `network-private-route-${zone}`).inputs;
      const join = named(large, `network-private-join-${zone}`).inputs;
      assert.equal(route.natGatewayId, `network-nat-${zone}-id`);
      assert.equal(join.routeTableId, route.routeTableId);
    }
  });

  it("gives no instance a public address and marks subnets for load balancers", () => {
    for (const { inputs } of ofType(large, "ec2:Subnet")) assert.equal(inputs.mapPublicIpOnLaunch, false);
    const tagged = (tag: string) =>
      ofType(large, "ec2:Subnet")
        .filter(({ inputs }) => tag in (inputs.tags as object))
        .map(({ name }) => name);
    assert.deepEqual(
      tagged("kubernetes.io/role/elb"),
      ZONES.map((zone) => `network-public-${zone}`),
    );
    assert.deepEqual(
      tagged("kubernetes.io/role/internal-elb"),
      ZONES.map((zone) => `network-private-${zone}`),
    );
  });

  it("closes the default security group", () => {
    assert.deepEqual(pick(only(large, "ec2:DefaultSecurityGroup").inputs, "ingress", "egress"), {
      ingress: [],
      egress: [],
    });
  });

  it("logs all flows, encrypted, for a limited time, to a group only this account's flow logs may write", () => {
    assert.equal(only(large, "ec2:FlowLog").inputs.trafficType, "ALL");
    const group = named(large, "network-flow-log-group").inputs;
    assert.deepEqual(pick(group, "retentionInDays", "kmsKeyId"), {
      retentionInDays: 90,
      kmsKeyId: "arn:mock:log-key-key",
    });
    const [write] = document(named(large, "network-flow-log-role-policy"));
    assert.deepEqual(write?.Resource, [
      "arn:aws:logs:eu-west-1:123456789012:log-group:shop-prod-eu-west-1-flows",
      "arn:aws:logs:eu-west-1:123456789012:log-group:shop-prod-eu-west-1-flows:*",
    ]);
  });

  it("reaches S3 and the registry without NAT, from private subnets only", () => {
    const services = inputsOf(large, "ec2:VpcEndpoint").map(({ serviceName }) => serviceName);
    assert.deepEqual(services.toSorted(), [
      "com.amazonaws.eu-west-1.ecr.api",
      "com.amazonaws.eu-west-1.ecr.dkr",
      "com.amazonaws.eu-west-1.s3",
    ]);
    const rules = ofType(large, "vpc:SecurityGroupIngressRule").filter(({ name }) => name.startsWith("network-"));
    assert.deepEqual(
      rules.map(({ inputs }) => [inputs.cidrIpv4, inputs.fromPort, inputs.toPort]),
      ["10.40.0.0/18", "10.40.64.0/18", "10.40.128.0/18"].map((range) => [range, 443, 443]),
    );
  });
});

describe("keys", () => {
  it("rotate, leave thirty days to change one's mind, and are kept like data in prod", () => {
    for (const { inputs, options } of ofType(large, "kms:Key")) {
      assert.deepEqual(pick(inputs, "enableKeyRotation", "deletionWindowInDays"), {
        enableKeyRotation: true,
        deletionWindowInDays: 30,
      });
      assert.ok(options.protect && options.retainOnDelete);
    }
    assert.ok(ofType(small, "kms:Key").every(({ options }) => !options.protect && !options.retainOnDelete));
  });

  it("name every principal and every action", () => {
    const keys = [...ofType(large, "kms:Key"), ...ofType(large, "kms:ReplicaKey")];
    for (const statement of keys.flatMap(document)) {
      assert.ok(!JSON.stringify(statement.Principal).includes('"*"'), statement.Sid);
      assert.ok(!statement.Action.some((action) => action.includes("*")), statement.Sid);
    }
    assert.equal(keys.length, 10);
  });

  it("work in the recovery region exactly where what they encrypt must be readable there", () => {
    const several = ofType(large, "kms:Key").filter(({ inputs }) => inputs.multiRegion === true);
    assert.deepEqual(several.map(({ name }) => name).toSorted(), [
      "orders-key-key",
      "payments-key-key",
      "vault-key-key",
    ]);
    const replicas = inputsOf(large, "kms:ReplicaKey").map(({ region }) => region);
    assert.deepEqual(replicas, ["eu-central-1", "eu-central-1", "eu-central-1"]);
  });

  it("are named by aliases that exist wherever they are lent", () => {
    const aliases = inputsOf(large, "kms:Alias").map(
      ({ name, region }) => `${String(region ?? scope.region)} ${String(name)}`,
    );
    const lent = ofType(large, "iam:RolePolicy")
      .flatMap(document)
      .flatMap(({ Resource, Condition }) =>
        Object.values(Condition?.["ForAnyValue:StringEquals"] ?? {}).map(
          (alias) => `${Resource[0]?.split(":")[3]} ${String(alias)}`,
        ),
      );
    assert.equal(new Set(lent).size, 4);
    for (const each of lent) assert.ok(aliases.includes(each), each);
  });

  it("admit the logs service for this account's log groups only", () => {
    const logs = document(named(large, "log-key-key")).find(({ Principal }) => Principal?.Service !== undefined);
    assert.deepEqual(logs?.Principal, { Service: "logs.eu-west-1.amazonaws.com" });
    assert.deepEqual(logs?.Condition, {
      ArnLike: { "kms:EncryptionContext:aws:logs:arn": "arn:aws:logs:eu-west-1:123456789012:log-group:*" },
    });
    assert.ok(document(named(large, "orders-key-key")).every(({ Principal }) => Principal?.Service === undefined));
  });
});

describe("the EKS cluster", () => {
  it("hides its API in prod and restricts it in dev", () => {
    const endpoint = ({ inputs }: Registered) =>
      pick(
        inputs.vpcConfig as Record<string, unknown>,
        "endpointPrivateAccess",
        "endpointPublicAccess",
        "publicAccessCidrs",
      );
    assert.deepEqual(endpoint(only(large, "eks:Cluster")), {
      endpointPrivateAccess: true,
      endpointPublicAccess: false,
      publicAccessCidrs: undefined,
    });
    assert.deepEqual(endpoint(only(small, "eks:Cluster")), {
      endpointPrivateAccess: true,
      endpointPublicAccess: true,
      publicAccessCidrs: ["203.0.113.0/24"],
    });
  });

  it("encrypts secrets, logs everything, stays in standard support and cannot be deleted by accident", () => {
    const { inputs, options } = only(large, "eks:Cluster");
    const { vpcConfig, kubernetesNetworkConfig, roleArn, ...rest } = inputs;
    assert.deepEqual(rest, {
      name: "shop-prod-eu-west-1-eks",
      version: "1.36",
      accessConfig: { authenticationMode: "API", bootstrapClusterCreatorAdminPermissions: false },
      encryptionConfig: { provider: { keyArn: "arn:mock:secrets-key-key" }, resources: ["secrets"] },
      enabledClusterLogTypes: ["api", "audit", "authenticator", "controllerManager", "scheduler"],
      bootstrapSelfManagedAddons: false,
      upgradePolicy: { supportType: "STANDARD" },
      deletionProtection: true,
    });
    assert.deepEqual(options.dependsOn, [
      "cluster-log",
      "cluster-role-policy",
      "cluster-role-amazon-ekscluster-policy",
    ]);
    const intra = (vpcConfig as { subnetIds: string[] }).subnetIds;
    assert.deepEqual(
      intra,
      ZONES.map((zone) => `network-intra-${zone}-id`),
    );
    assert.ok(kubernetesNetworkConfig && roleArn);
  });

  it("keeps the control plane's log for a limited time, under the name EKS writes to", () => {
    const log = named(large, "cluster-log").inputs;
    assert.deepEqual(pick(log, "name", "retentionInDays", "kmsKeyId"), {
      name: "/aws/eks/shop-prod-eu-west-1-eks/cluster",
      retentionInDays: 365,
      kmsKeyId: "arn:mock:log-key-key",
    });
  });

  it("lets in the deploy role and the read-only role, each with its own policy, and the creator only without them", () => {
    const granted = inputsOf(large, "eks:AccessPolicyAssociation").map((each) => [
      String(each.principalArn).split("/")[1],
      String(each.policyArn).split("/")[1],
    ]);
    assert.deepEqual(granted, [
      ["keelson-deploy", "AmazonEKSClusterAdminPolicy"],
      ["keelson-read-only", "AmazonEKSViewPolicy"],
    ]);
    assert.equal(ofType(small, "eks:AccessEntry").length, 0);
    const { accessConfig } = only(small, "eks:Cluster").inputs;
    assert.equal((accessConfig as Record<string, unknown>).bootstrapClusterCreatorAdminPermissions, true);
  });

  it("enforces network policies strictly, before the first node exists", () => {
    const cni = named(large, "cluster-vpc-cni");
    const configuration = JSON.parse(String(cni.inputs.configurationValues)) as Record<string, unknown>;
    assert.equal(configuration.enableNetworkPolicy, "true");
    assert.deepEqual(configuration.env, { NETWORK_POLICY_ENFORCING_MODE: "strict" });
    for (const nodes of ofType(large, "eks:NodeGroup"))
      for (const addon of ["cluster-vpc-cni", "cluster-kube-proxy", "cluster-eks-pod-identity-agent"])
        assert.ok(nodes.options.dependsOn.includes(addon), `${nodes.name} before ${addon}`);
  });

  it("starts pod add-ons after nodes", () => {
    const addons = ["coredns", "aws-ebs-csi-driver", "metrics-server"].map((name) => named(large, `addons-${name}`));
    const nodes = ZONES.map((zone) => `cluster-nodes-general-${zone}`);
    for (const { options } of addons) for (const group of nodes) assert.ok(options.dependsOn.includes(group));
  });

  it("runs nodes without SSH, with metadata a pod cannot reach, on encrypted disks, in private subnets", () => {
    const { inputs } = only(large, "ec2:LaunchTemplate");
    assert.deepEqual(inputs.metadataOptions, {
      httpEndpoint: "enabled",
      httpTokens: "required",
      httpPutResponseHopLimit: 1,
      instanceMetadataTags: "disabled",
    });
    assert.equal(inputs.keyName, undefined);
    const disks = inputs.blockDeviceMappings as { ebs: { encrypted: string } }[];
    assert.deepEqual(
      disks.map(({ ebs }) => ebs.encrypted),
      ["true", "true"],
    );
    for (const [index, nodes] of ofType(large, "eks:NodeGroup").entries()) {
      assert.equal(nodes.inputs.remoteAccess, undefined);
      assert.deepEqual(nodes.inputs.subnetIds, [`network-private-${ZONES[index]}-id`]);
      assert.deepEqual(nodes.inputs.scalingConfig, { minSize: 1, maxSize: 4, desiredSize: 1 });
      assert.deepEqual(nodes.options.ignoreChanges, ["scalingConfig.desiredSize"]);
    }
  });

  it("tags what EC2 creates for the nodes, which the provider never sees", () => {
    const { tagSpecifications } = only(large, "ec2:LaunchTemplate").inputs;
    for (const { tags } of tagSpecifications as { tags: Record<string, string> }[])
      for (const tag of MANDATORY_TAGS) assert.ok(tags[tag], tag);
    const driver = JSON.parse(String(named(large, "addons-aws-ebs-csi-driver").inputs.configurationValues)) as {
      controller: { extraVolumeTags: Record<string, string> };
    };
    assert.deepEqual(Object.keys(driver.controller.extraVolumeTags).toSorted(), [...MANDATORY_TAGS].toSorted());
  });

  it("gives nodes no permission to change the network", () => {
    const attached = ofType(large, "iam:RolePolicyAttachment").filter(({ name }) =>
      name.startsWith("cluster-node-role"),
    );
    assert.deepEqual(
      attached.map(({ inputs }) => String(inputs.policyArn).split("/").at(-1)),
      ["AmazonEKSWorkerNodePolicy", "AmazonEC2ContainerRegistryPullOnly"],
    );
  });

  it("makes a kubeconfig without a secret in it", () => {
    const provider = named(large, "cluster-kubernetes");
    const config = JSON.parse(String(provider.inputs.kubeconfig)) as { users: { user: Record<string, unknown> }[] };
    assert.deepEqual(Object.keys(config.users[0]?.user ?? {}), ["exec"]);
    assert.deepEqual(provider.options.dependsOn, ["cluster-access-deploy-policy", "cluster-access-read-only-policy"]);
  });
});

describe("identities", () => {
  it("trust one service account of one cluster", () => {
    const trust = named(large, "cluster-velero-identity-role").inputs.assumeRolePolicy;
    assert.deepEqual(JSON.parse(String(trust)), {
      Version: "2012-10-17",
      Statement: [
        {
          Effect: "Allow",
          Principal: { Service: "pods.eks.amazonaws.com" },
          Action: ["sts:AssumeRole", "sts:TagSession"],
          Condition: {
            StringEquals: {
              "aws:SourceAccount": "123456789012",
              "aws:RequestTag/eks-cluster-arn": "arn:aws:eks:eu-west-1:123456789012:cluster/shop-prod-eu-west-1-eks",
              "aws:RequestTag/kubernetes-namespace": "velero",
              "aws:RequestTag/kubernetes-service-account": "velero",
            },
          },
        },
      ],
    });
  });

  it("let whoever ships logs add to one group that ends, under our key, and read none", () => {
    const group = named(large, "pod-logs-group").inputs;
    assert.deepEqual([group.retentionInDays, group.kmsKeyId !== undefined], [90, true]);
    const arn = `arn:aws:logs:eu-west-1:123456789012:log-group:${String(group.name)}`;
    assert.deepEqual(
      document(named(large, "cluster-logs-identity-role-policy")).map(({ Action, Resource }) => [Action, Resource]),
      [
        [
          ["logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents"],
          [arn, `${arn}:*`],
        ],
      ],
    );
  });

  it("name every action, and change only what is named, tagged or bounded", () => {
    const policies = [...ofType(large, "iam:RolePolicy"), ...ofType(small, "iam:RolePolicy")];
    const READS = /:(Describe|List|Get)/;
    const UNBOUNDED = ["Protect", "ChangeListeners"]; // AWS knows no bound for these
    for (const each of policies)
      for (const { Sid, Action, Resource, Condition } of document(each)) {
        assert.ok(!Action.some((action) => action.includes("*")), `${each.name} ${Sid}`);
        const wide = Resource.includes("*") && Condition === undefined;
        const writes = Action.some((action) => !READS.test(action));
        assert.ok(!(wide && writes) || UNBOUNDED.includes(Sid), `${each.name} ${Sid}`);
      }
    assert.ok(policies.length >= 10);
  });

  it("let external-dns write addresses of one zone", () => {
    const [write] = document(named(large, "cluster-dns-identity-role-policy"));
    assert.deepEqual(write?.Resource, ["arn:aws:route53:::hostedzone/Z0123456789EXAMPLE"]);
    assert.deepEqual(write?.Action, ["route53:ChangeResourceRecordSets"]);
  });

  it("let the autoscaler resize its own cluster's groups", () => {
    const resize = document(named(large, "cluster-autoscaler-identity-role-policy")).find(
      ({ Sid }) => Sid === "Resize",
    );
    assert.deepEqual(resize?.Condition, {
      StringEquals: { "aws:ResourceTag/k8s.io/cluster-autoscaler/shop-prod-eu-west-1-eks": "owned" },
    });
  });
});

describe("the edge", () => {
  it("opens HTTPS and its redirect to the world, and reaches only targets in pods' subnets", () => {
    const entries = ofType(large, "vpc:SecurityGroupIngressRule").filter(({ name }) => name.startsWith("edge-"));
    assert.deepEqual(
      entries.map(({ inputs }) => [inputs.cidrIpv4, inputs.fromPort, inputs.toPort]),
      [
        ["0.0.0.0/0", 443, 443],
        ["0.0.0.0/0", 80, 80],
      ],
    );
    const exits = inputsOf(large, "vpc:SecurityGroupEgressRule").map((each) => [
      each.cidrIpv4,
      each.fromPort,
      each.toPort,
    ]);
    assert.deepEqual(
      exits,
      ["10.40.0.0/18", "10.40.64.0/18", "10.40.128.0/18"].map((range) => [range, 8080, 8080]),
    );
  });

  it("opens nothing else to the world", () => {
    const world = ofType(large, "vpc:SecurityGroupIngressRule").filter(({ inputs }) => inputs.cidrIpv4 === "0.0.0.0/0");
    assert.deepEqual(
      world.map(({ name }) => name),
      ["edge-in-https-0", "edge-in-http-0"],
    );
    for (const { inputs } of ofType(large, "ec2:SecurityGroup"))
      assert.deepEqual(pick(inputs, "ingress", "egress"), { ingress: undefined, egress: undefined });
  });

  it("proves each host by its own record, whatever order ACM lists them in", () => {
    for (const host of ["api.example.com", "argocd.example.com"]) {
      const proof = named(large, `edge-proof-${host.replaceAll(".", "-")}`).inputs;
      assert.deepEqual(pick(proof, "zoneId", "name", "type", "records"), {
        zoneId: "Z0123456789EXAMPLE",
        name: `_proof.${host}`,
        type: "CNAME",
        records: [`_value.${host}`],
      });
    }
  });

  it("leaves proofs in a zone it does not own, and owns the zone it made", () => {
    assert.equal(named(large, "edge-proof-api-example-com").options.retainOnDelete, true);
    assert.equal(named(small, "edge-proof-api-dev-example-com").options.retainOnDelete, false);
    assert.equal(named(small, "edge-zone").inputs.name, "dev.example.com");
    assert.ok(!large.some(({ name }) => name === "edge-zone"));
  });

  it("filters known attacks and counts a route's requests by client, in prod only", () => {
    const { rules, defaultAction, scope: reach } = only(large, "wafv2:WebAcl").inputs;
    assert.deepEqual([defaultAction, reach], [{ allow: {} }, "REGIONAL"]);
    const limit = (rules as Record<string, unknown>[]).at(-1);
    assert.deepEqual(limit?.action, { block: {} });
    const { rateBasedStatement } = limit?.statement as { rateBasedStatement: Record<string, unknown> };
    assert.deepEqual(pick(rateBasedStatement, "limit", "aggregateKeyType", "evaluationWindowSec"), {
      limit: 5000,
      aggregateKeyType: "IP",
      evaluationWindowSec: 300,
    });
    assert.equal(ofType(small, "wafv2:WebAcl").length, 0);
  });
});

describe("buckets", () => {
  it("are all encrypted, versioned, closed to the public, owned by the account and reached by TLS only", () => {
    const names = ofType(large, "s3:Bucket").map(({ name }) => name);
    assert.deepEqual(names.toSorted(), ["edge-log-bucket", "vault-copy-bucket", "vault-store-bucket"]);
    for (const bucket of names) {
      const part = (role: string) => named(large, bucket.replace(/bucket$/, role)).inputs;
      assert.deepEqual(part("versioning").versioningConfiguration, { status: "Enabled" });
      const closed = pick(
        part("public-block"),
        "blockPublicAcls",
        "blockPublicPolicy",
        "ignorePublicAcls",
        "restrictPublicBuckets",
      );
      assert.deepEqual(Object.values(closed), [true, true, true, true]);
      assert.deepEqual(part("ownership").rule, { objectOwnership: "BucketOwnerEnforced" });
      const denials = statements(part("policy").policy).filter(({ Effect }) => Effect === "Deny");
      assert.deepEqual(
        denials.map(({ Condition }) => Condition),
        [{ Bool: { "aws:SecureTransport": "false" } }, { NumericLessThan: { "s3:TlsVersion": "1.2" } }],
      );
      const [rule] = part("lifecycle").rules as Record<string, unknown>[];
      assert.deepEqual(rule?.abortIncompleteMultipartUpload, { daysAfterInitiation: 7 });
    }
  });

  it("use keys of ours, save the one load balancers cannot write to then", () => {
    const [own] = named(large, "vault-store-encryption").inputs.rules as Record<string, unknown>[];
    assert.deepEqual(own, {
      applyServerSideEncryptionByDefault: { sseAlgorithm: "aws:kms", kmsMasterKeyId: "arn:mock:vault-key-key" },
      bucketKeyEnabled: true,
    });
    const [theirs] = named(large, "edge-log-encryption").inputs.rules as Record<string, unknown>[];
    assert.deepEqual(theirs, { applyServerSideEncryptionByDefault: { sseAlgorithm: "AES256" } });
  });
});

describe("the vault", () => {
  it("locks backups in prod as long as they are kept, here and in the copy, and not in dev", () => {
    for (const lock of ["vault-store-lock", "vault-copy-lock"])
      assert.deepEqual(named(large, lock).inputs.rule, { defaultRetention: { mode: "COMPLIANCE", days: 30 } });
    assert.equal(ofType(small, "s3:BucketObjectLockConfiguration").length, 0);
    assert.equal(named(small, "vault-store-bucket").inputs.objectLockEnabled, undefined);
  });

  it("copies every backup to the recovery region under that region's key", () => {
    const { bucket, rules } = only(large, "s3:BucketReplicationConfig").inputs;
    const [rule] = rules as Record<string, unknown>[];
    assert.equal(bucket, "acme-shop-prod-eu-west-1-backups");
    assert.deepEqual(rule?.destination, {
      bucket: "arn:aws:s3:::acme-shop-prod-eu-west-1-backups-copy",
      encryptionConfiguration: { replicaKmsKeyId: "arn:mock:vault-key-replica" },
    });
    const copies = large.filter(({ name }) => name.startsWith("vault-copy-"));
    const regions = copies.filter(({ type }) => type.startsWith("aws:")).map(({ inputs }) => inputs.region);
    assert.deepEqual(new Set(regions), new Set(["eu-central-1"]));
    assert.deepEqual(only(large, "s3:BucketReplicationConfig").options.dependsOn, [
      "vault-store-versioning",
      "vault-copy-versioning",
      "vault-replication-role-policy",
    ]);
  });

  it("lends Velero its bucket and its key, through S3 only", () => {
    const [list, keep, key] = document(named(large, "cluster-velero-identity-role-policy"));
    assert.deepEqual(list?.Resource, ["arn:aws:s3:::acme-shop-prod-eu-west-1-backups"]);
    assert.deepEqual(keep?.Resource, ["arn:aws:s3:::acme-shop-prod-eu-west-1-backups/*"]);
    assert.ok(!keep?.Action.includes("s3:DeleteObjectVersion"), "a stolen identity must not empty the vault");
    assert.deepEqual(key?.Resource, ["arn:aws:kms:eu-west-1:123456789012:key/*"]);
    assert.deepEqual(key?.Condition, {
      StringEquals: { "kms:ViaService": "s3.eu-west-1.amazonaws.com" },
      "ForAnyValue:StringEquals": { "kms:ResourceAliases": "alias/shop-prod-eu-west-1-backups" },
    });
  });

  it("is kept in prod and emptied in dev", () => {
    const kept = named(large, "vault-store-bucket");
    assert.deepEqual(
      [kept.inputs.forceDestroy, kept.options.protect, kept.options.retainOnDelete],
      [false, true, true],
    );
    const gone = named(small, "vault-store-bucket");
    assert.deepEqual(
      [gone.inputs.forceDestroy, gone.options.protect, gone.options.retainOnDelete],
      [true, false, false],
    );
  });
});

describe("managed PostgreSQL", () => {
  it("is encrypted, over zones, recoverable, unreachable from outside and hard to delete", () => {
    const { inputs, options } = named(large, "orders-instance");
    assert.deepEqual(
      pick(
        inputs,
        "storageEncrypted",
        "kmsKeyId",
        "multiAz",
        "backupRetentionPeriod",
        "deletionProtection",
        "publiclyAccessible",
        "iamDatabaseAuthenticationEnabled",
        "skipFinalSnapshot",
        "finalSnapshotIdentifier",
        "copyTagsToSnapshot",
        "deleteAutomatedBackups",
        "performanceInsightsEnabled",
        "engineVersion",
        "enabledCloudwatchLogsExports",
      ),
      {
        storageEncrypted: true,
        kmsKeyId: "arn:mock:orders-key-key",
        multiAz: true,
        backupRetentionPeriod: 30,
        deletionProtection: true,
        publiclyAccessible: false,
        iamDatabaseAuthenticationEnabled: true,
        skipFinalSnapshot: false,
        finalSnapshotIdentifier: "shop-prod-eu-west-1-orders-final",
        copyTagsToSnapshot: true,
        deleteAutomatedBackups: false,
        performanceInsightsEnabled: true,
        engineVersion: "17",
        enabledCloudwatchLogsExports: ["postgresql", "upgrade"],
      },
    );
    assert.ok(options.protect && options.retainOnDelete);
    assert.deepEqual(options.dependsOn, ["orders-log-postgresql", "orders-log-upgrade"]);
  });

  it("refuses connections without TLS", () => {
    const parameters = named(large, "orders-parameters").inputs.parameters as { name: string; value: string }[];
    assert.ok(parameters.some(({ name, value }) => name === "rds.force_ssl" && value === "1"));
    assert.ok(parameters.some(({ name, value }) => name === "ssl_min_protocol_version" && value === "TLSv1.2"));
  });

  it("shares neither subnets nor doors with another store, and opens to pods' subnets only", () => {
    const subnets = (store: string) => named(large, `${store}-subnets`).inputs.subnetIds as string[];
    const all = ["orders", "payments", "sessions"].flatMap(subnets);
    assert.equal(new Set(all).size, 9);
    const doors = ofType(large, "vpc:SecurityGroupIngressRule").filter(({ name }) => name.startsWith("orders-"));
    assert.deepEqual(
      doors.map(({ inputs }) => [inputs.cidrIpv4, inputs.fromPort, inputs.toPort, inputs.referencedSecurityGroupId]),
      ["10.40.0.0/18", "10.40.64.0/18", "10.40.128.0/18"].map((range) => [range, 5432, 5432, undefined]),
    );
  });

  it("copies its backups and its logs to the recovery region", () => {
    const { region, kmsKeyId, retentionPeriod } = named(large, "orders-backup-copy").inputs;
    assert.deepEqual([region, kmsKeyId, retentionPeriod], ["eu-central-1", "arn:mock:orders-key-replica", 30]);
  });

  it("is found under a name that does not change with its address", () => {
    const { name, type, ttl, zoneId } = named(large, "orders-record").inputs;
    assert.deepEqual([name, type, ttl, zoneId], ["orders.shop-prod.internal", "CNAME", 60, "Z-names-zone"]);
    assert.deepEqual(named(large, "names-zone").inputs.vpcs, [{ vpcId: "network-vpc-id" }]);
  });
});

describe("managed Valkey", () => {
  it("is encrypted at rest and in transit, and fails over", () => {
    const { inputs } = only(large, "elasticache:ReplicationGroup");
    assert.deepEqual(
      pick(
        inputs,
        "engine",
        "atRestEncryptionEnabled",
        "kmsKeyId",
        "transitEncryptionEnabled",
        "transitEncryptionMode",
        "automaticFailoverEnabled",
        "multiAzEnabled",
        "numCacheClusters",
        "userGroupIds",
      ),
      {
        engine: "valkey",
        atRestEncryptionEnabled: true,
        kmsKeyId: "arn:mock:sessions-key-key",
        transitEncryptionEnabled: true,
        transitEncryptionMode: "required",
        automaticFailoverEnabled: true,
        multiAzEnabled: true,
        numCacheClusters: 3,
        userGroupIds: ["shop-prod-eu-west-1-sessions"],
      },
    );
  });

  it("gives each service a user of its own with just its access, and nobody an anonymous one", () => {
    const users = inputsOf(large, "elasticache:User").map(({ userName, accessString }) => [userName, accessString]);
    assert.deepEqual(users, [
      ["user", "on ~* -@all &* +@read +@write +@connection +@transaction +@pubsub +@scripting -@dangerous"],
      ["order", "on ~* -@all +@read +@connection -@dangerous"],
    ]);
    const modes = inputsOf(large, "elasticache:User").map(({ authenticationMode }) => authenticationMode);
    assert.deepEqual(modes, [
      { type: "password", passwords: ["sessions-password-user-secret"] },
      { type: "password", passwords: ["sessions-password-order-secret"] },
    ]);
  });
});
