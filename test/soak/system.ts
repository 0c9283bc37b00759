/**
 * The small system of the soak: a network with a bucket, an address and a role in the stand-in AWS; a namespace with
 * settings, a Secret, a Deployment and a Service in the real API server. Its shape is data, so that a change is one too.
 */
import { readFileSync } from "node:fs";
import * as ec2 from "@pulumi/aws/ec2";
import * as iam from "@pulumi/aws/iam";
import * as s3 from "@pulumi/aws/s3";
import { Deployment } from "@pulumi/kubernetes/apps/v1/deployment";
import { ConfigMap } from "@pulumi/kubernetes/core/v1/configMap";
import { Namespace } from "@pulumi/kubernetes/core/v1/namespace";
import { Secret } from "@pulumi/kubernetes/core/v1/secret";
import { Service } from "@pulumi/kubernetes/core/v1/service";
import { Provider } from "@pulumi/kubernetes/provider";
import { RandomPassword } from "@pulumi/random/randomPassword";
import { type Program } from "../../embedded/engine/language-server";
import type { Access } from "../../embedded/plane/api";

export interface Shape {
  /** Second number of the network's range: another one makes the network and all in it anew. */
  readonly network: number;
  readonly subnets: number;
  readonly tag: number;
  readonly release: number;
  readonly replicas: number;
  /** Another level makes the settings anew, and the pods roll. */
  readonly level: number;
  /** Whether there is a second address and a second set of settings. */
  readonly more: boolean;
}

export const FIRST: Shape = { network: 1, subnets: 1, tag: 1, release: 1, replicas: 1, level: 1, more: false };

/** A kubeconfig as the cloud would hand it out: the endpoint, and credentials only the cloud honours. */
export function kubeconfigOf(controlPlane: string): string {
  const { endpoint, caData } = JSON.parse(readFileSync(controlPlane, "utf8")) as Access;
  const exec = { apiVersion: "client.authentication.k8s.io/v1", command: "aws", args: ["eks", "get-token"] };
  return JSON.stringify({
    ...{ apiVersion: "v1", kind: "Config", "current-context": "eks" },
    clusters: [{ name: "eks", cluster: { server: endpoint, "certificate-authority-data": caData } }],
    users: [{ name: "eks", user: { exec } }],
    contexts: [{ name: "eks", context: { cluster: "eks", user: "eks" } }],
  });
}

function cloud({ network, subnets, tag, more }: Shape): void {
  const vpc = new ec2.Vpc("network", { cidrBlock: `10.${network}.0.0/16`, tags: { round: String(tag) } });
  for (let at = 0; at < subnets; at += 1)
    new ec2.Subnet(`subnet-${at}`, { vpcId: vpc.id, cidrBlock: `10.${network}.${at}.0/24` });
  new ec2.SecurityGroup("group", { vpcId: vpc.id, description: "soak", tags: { round: String(tag) } });
  new s3.Bucket("files", { tags: { round: String(tag) } }, { dependsOn: vpc });
  const trust = { Effect: "Allow", Principal: { Service: "ec2.amazonaws.com" }, Action: "sts:AssumeRole" };
  new iam.Role("role", { assumeRolePolicy: JSON.stringify({ Version: "2012-10-17", Statement: [trust] }) });
  for (const name of more ? ["address", "spare"] : ["address"]) new ec2.Eip(name, { domain: "vpc" });
}

function cluster(shape: Shape, controlPlane: string): void {
  const provider = new Provider("cluster", { kubeconfig: kubeconfigOf(controlPlane) });
  const home = new Namespace(
    "home",
    { metadata: { name: "soak", labels: { round: String(shape.tag) } } },
    { provider },
  );
  const options = { provider, dependsOn: home };
  const metadata = (name: string) => ({ metadata: { name, namespace: "soak" } });
  const data = { level: String(shape.level) };
  for (const name of shape.more ? ["settings", "more-settings"] : ["settings"])
    new ConfigMap(name, { ...metadata(name), data }, options);
  const password = new RandomPassword("password", { length: 24, special: false });
  const credential = new Secret(
    "credential",
    { ...metadata("credential"), stringData: { it: password.result } },
    options,
  );
  const labels = { app: "order" };
  const containers = [{ name: "order", image: `registry.example/order:${shape.release}` }];
  const template = { metadata: { labels, annotations: { level: String(shape.level) } }, spec: { containers } };
  const spec = { replicas: shape.replicas, selector: { matchLabels: labels }, template };
  const order = new Deployment("order", { ...metadata("order"), spec }, { provider, dependsOn: [home, credential] });
  const ports = [{ port: 80, targetPort: 8080 }];
  new Service("order", { ...metadata("order"), spec: { selector: labels, ports } }, { provider, dependsOn: order });
}

export const programOf =
  (shape: Shape, controlPlane: string): Program =>
  () => {
    cloud(shape);
    cluster(shape, controlPlane);
    return Promise.resolve(undefined);
  };
