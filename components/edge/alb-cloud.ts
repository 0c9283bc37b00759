/**
 * The cloud's half of the shared load balancer: DNS zone, certificate, firewall, door, access log, and the permissions of
 * the two controllers. The load balancer itself is made by its controller, from a Gateway.
 *
 * One owner for each: the zone, the certificate and its validation records are ours; records of the application are
 * external-dns's. The load balancer's front security group is ours and found by its `Name` tag, so no manifest carries an
 * id; the back group and the rules that let it reach pods are the controller's. The firewall is ours, its association the
 * controller's, which needs the firewall's ARN: where there is one, the load balancer's configuration object is applied
 * by this program, whoever delivers the rest.
 */
import * as acm from "@pulumi/aws/acm";
import * as ec2 from "@pulumi/aws/ec2";
import * as route53 from "@pulumi/aws/route53";
import * as vpcRules from "@pulumi/aws/vpc";
import type * as pulumi from "@pulumi/pulumi";
import { type Cidr } from "../../graph/landscape";
import { ACCOUNTS } from "../cluster/accounts";
import { type Cluster, type Identities, type Identity } from "../cluster/cluster";
import { type Children, Component } from "../component";
import { type ResourceStatement, type Statement } from "../identity/statement";
import { globalArn, type Scope } from "../names";
import { type Network } from "../network/network";
import { type Protection, RETAIN } from "../protection";
import { Bucket } from "../storage/bucket";
import { createZone, type ZoneChoice, type ZoneRef } from "./dns-zone";
import { type AwsEdgeCloud } from "./edge-cloud";
import { dnsStatements, loadBalancerStatements } from "./alb-permissions";
import { createWebAcl, type RouteLimit } from "./alb-waf";
import { ACCESS_LOG_PREFIX, accessLogBucket, frontGroup } from "./names";

export interface AlbCloudArgs {
  readonly scope: Scope;
  readonly network: Network;
  readonly cluster: Cluster & Identities<Statement>;
  /** Public hosts of the routes; one certificate for all of them. */
  readonly hosts: readonly [string, ...string[]];
  readonly zone: ZoneChoice;
  /** Ports of the pods behind the load balancer: all that its front group lets out. */
  readonly targetPorts: readonly number[];
  /** Limits by route. With a firewall, about 5 USD a month and 1 USD for each rule. @default - no firewall */
  readonly firewall?: { readonly limits: readonly RouteLimit[] };
  /** Who can reach the load balancer. @default - everyone */
  readonly clients?: readonly Cidr[];
  /** Of the zone, if it is ours, and of the access log. @default retain */
  readonly protection?: Protection;
}

const EVERYONE = ["0.0.0.0/0"] as const;

export class AlbCloud extends Component implements AwsEdgeCloud {
  readonly zoneId: pulumi.Output<string> | string;
  readonly certificateArn: pulumi.Output<string>;
  /** ARN of the firewall, for the load balancer's configuration. */
  readonly webAclArn: pulumi.Output<string> | undefined;
  /** What the two controllers wait for. */
  readonly identities: { readonly loadBalancer: Identity; readonly dns: Identity };
  /** What the Gateway waits for: an issued certificate, the door, the log, the firewall. */
  readonly ready: readonly pulumi.Resource[];

  constructor(name: string, args: AlbCloudArgs, options?: pulumi.ComponentResourceOptions) {
    super("edge:AlbCloud", name, options);
    const child: Children = (role, more) => this.child(role, more);
    const { scope, cluster, firewall } = args;
    const zone = createZone(child, args);
    const certificate = createCertificate(child, args, zone.id);
    const door = createDoor(child, args);
    const log = new Bucket(child("log")[0], logBucket(args), { parent: this });
    const acl = firewall === undefined ? undefined : createWebAcl(child, scope, firewall.limits);
    this.identities = {
      loadBalancer: cluster.identity("alb", ACCOUNTS.loadBalancer, loadBalancerStatements(scope, cluster.name)),
      dns: cluster.identity("dns", ACCOUNTS.dns, dnsStatements(zone.arn)),
    };
    this.zoneId = zone.id;
    this.certificateArn = certificate.arn;
    this.webAclArn = acl?.arn;
    this.ready = [certificate.issued, ...door, ...log.ready, ...(acl === undefined ? [] : [acl])];
    this.registerOutputs({ certificateArn: this.certificateArn });
  }
}

interface IssuedCertificate {
  readonly arn: pulumi.Output<string>;
  readonly issued: pulumi.Resource;
}

/** The controller finds the certificate by host name, and only once it is issued. */
function createCertificate(child: Children, args: AlbCloudArgs, zoneId: ZoneRef["id"]): IssuedCertificate {
  const [domainName, ...others] = args.hosts;
  const [id, options] = child("certificate");
  const also = others.length === 0 ? {} : { subjectAlternativeNames: others };
  const asked = { domainName, ...also, validationMethod: "DNS" };
  const certificate = new acm.Certificate(id, asked, options);
  const records = args.hosts.map((host) => createProof(child, args, { host, zoneId, certificate }));
  const [validationId, validationOptions] = child("certificate-issued");
  const validationRecordFqdns = records.map(({ fqdn }) => fqdn);
  const proof = { certificateArn: certificate.arn, validationRecordFqdns };
  const issued = new acm.CertificateValidation(validationId, proof, validationOptions);
  return { arn: certificate.arn, issued };
}

interface ProofArgs {
  readonly host: string;
  readonly zoneId: ZoneRef["id"];
  readonly certificate: acm.Certificate;
}

/**
 * Proves that a host is ours. ACM asks for the same record in every region of an account, so the recovery region finds it
 * in place and writes the same again; in a zone that is not ours it stays, or the other region's certificate would lapse.
 */
function createProof(child: Children, { zone }: AlbCloudArgs, { host, zoneId, certificate }: ProofArgs) {
  const [id, options] = child(`proof-${host.replaceAll(".", "-").replace("*", "any")}`, {
    retainOnDelete: zone.mode === "adopt",
  });
  const wanted = certificate.domainValidationOptions.apply((all) => all.find(({ domainName }) => domainName === host));
  const record = {
    zoneId,
    name: wanted.apply((option) => option?.resourceRecordName ?? ""),
    type: wanted.apply((option) => option?.resourceRecordType ?? "CNAME"),
    records: [wanted.apply((option) => option?.resourceRecordValue ?? "")],
    ttl: 300,
    allowOverwrite: true,
  };
  return new route53.Record(id, record, options);
}

/** In: HTTPS, and HTTP which only redirects. Out: the targets' own ports in the subnets of pods. */
function createDoor(child: Children, args: AlbCloudArgs): readonly pulumi.Resource[] {
  const [id, options] = child("group");
  const description = "Load balancer: HTTP and HTTPS in, targets out";
  const tags = { Name: frontGroup(args.scope) };
  const group = new ec2.SecurityGroup(id, { vpcId: args.network.id, description, tags }, options);
  return [group, ...createEntries(child, args, group), ...createTargets(child, args, group)];
}

const LISTENERS = { https: 443, http: 80 } as const;

const createEntries = (child: Children, { clients = EVERYONE }: AlbCloudArgs, group: ec2.SecurityGroup) =>
  clients.flatMap((cidrIpv4, index) =>
    Object.entries(LISTENERS).map(([listener, port]) => {
      const [id, options] = child(`in-${listener}-${index}`);
      const description = listener === "http" ? "HTTP, which redirects to HTTPS" : "HTTPS from clients";
      const rule = { cidrIpv4, ipProtocol: "tcp", fromPort: port, toPort: port, description };
      return new vpcRules.SecurityGroupIngressRule(id, { securityGroupId: group.id, ...rule }, options);
    }),
  );

const createTargets = (child: Children, { network, targetPorts }: AlbCloudArgs, group: ec2.SecurityGroup) =>
  network.subnets("private").flatMap(({ zone, range }) =>
    [...new Set(targetPorts)].map((port) => {
      const [id, options] = child(`out-${port}-${zone}`);
      const description = `Pods in ${zone}`;
      const rule = { cidrIpv4: range, ipProtocol: "tcp", fromPort: port, toPort: port, description };
      return new vpcRules.SecurityGroupEgressRule(id, { securityGroupId: group.id, ...rule }, options);
    }),
  );

const LOG_DAYS = 90;

const logBucket = ({ scope, protection = RETAIN }: AlbCloudArgs) => ({
  scope,
  name: accessLogBucket(scope),
  encryption: { by: "s3" } as const,
  oldVersionDays: 1,
  expireDays: LOG_DAYS,
  grants: [logDelivery(scope)],
  protection,
});

/** @see https://docs.aws.amazon.com/elasticloadbalancing/latest/application/enable-access-logging.html */
const logDelivery = (scope: Scope): ResourceStatement => ({
  sid: "WriteLogs",
  principals: { Service: "logdelivery.elasticloadbalancing.amazonaws.com" },
  actions: ["s3:PutObject"],
  resources: [globalArn(scope, "s3", `${accessLogBucket(scope)}/${ACCESS_LOG_PREFIX}/AWSLogs/${scope.account}/*`, "")],
});
