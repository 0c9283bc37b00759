/** Owns the command line of each process of the control plane. Pure: data in, arguments out. Everything is on 127.0.0.1. */

import type { PlaneTool } from "../toolchain/tools";
import { kubeconfigOf, type Layout } from "./layout";
import type { Ports } from "./ports";

export interface CommandInputs {
  readonly layout: Layout;
  readonly ports: Ports;
  readonly serviceCidr: string;
  readonly podCidr: string;
}

const LOOPBACK = "127.0.0.1";

/**
 * What the API server announces as its address. The Endpoints of `default/kubernetes` may not hold a loopback address, and
 * a laptop may have no other: this one is reserved for documentation (RFC 5737), and nothing here connects to it.
 */
const ANNOUNCED = "192.0.2.1";

export const endpointOf = ({ api }: Ports): string => `https://${LOOPBACK}:${api}`;
export const etcdUrl = ({ etcd }: Ports): string => `http://${LOOPBACK}:${etcd}`;

/** Where each process says that it works. */
export const healthUrl = (name: PlaneTool, ports: Ports): string =>
  ({
    etcd: `${etcdUrl(ports)}/readyz`,
    "kube-apiserver": `${endpointOf(ports)}/readyz`,
    "kube-controller-manager": `https://${LOOPBACK}:${ports.controllerManager}/healthz`,
    "kube-scheduler": `https://${LOOPBACK}:${ports.scheduler}/healthz`,
    kwok: `http://${LOOPBACK}:${ports.kwok}/healthz`,
  })[name];

/** In start order. */
export const planCommands = (inputs: CommandInputs): Readonly<Record<PlaneTool, readonly string[]>> => ({
  etcd: etcd(inputs),
  "kube-apiserver": apiServer(inputs),
  "kube-controller-manager": controllerManager(inputs),
  "kube-scheduler": scheduler(inputs),
  kwok: kwok(inputs),
});

/** Without fsync: what a crash of the machine loses here is brought back by `keelson up`. */
function etcd({ layout, ports }: CommandInputs): readonly string[] {
  const peer = `http://${LOOPBACK}:${ports.etcdPeer}`;
  return [
    "--name=keelson",
    `--data-dir=${layout.etcdData}`,
    `--listen-client-urls=${etcdUrl(ports)}`,
    `--advertise-client-urls=${etcdUrl(ports)}`,
    `--listen-peer-urls=${peer}`,
    `--initial-advertise-peer-urls=${peer}`,
    `--initial-cluster=keelson=${peer}`,
    "--auto-compaction-mode=periodic",
    "--auto-compaction-retention=10m",
    "--unsafe-no-fsync",
    "--log-level=warn",
  ];
}

function apiServer({ layout, ports, serviceCidr }: CommandInputs): readonly string[] {
  return [
    `--etcd-servers=${etcdUrl(ports)}`,
    `--bind-address=${LOOPBACK}`,
    `--advertise-address=${ANNOUNCED}`,
    `--secure-port=${ports.api}`,
    `--cert-dir=${layout.certificates}`,
    "--service-account-issuer=https://kubernetes.default.svc",
    `--service-account-key-file=${layout.serviceAccountKey}`,
    `--service-account-signing-key-file=${layout.serviceAccountKey}`,
    `--token-auth-file=${layout.tokens}`,
    "--authorization-mode=Node,RBAC",
    "--enable-admission-plugins=NodeRestriction",
    "--allow-privileged=true",
    `--service-cluster-ip-range=${serviceCidr}`,
    "--profiling=false",
  ];
}

/** A single instance of each: leader election would only make a restart wait for the old lease to run out. */
function controllerManager({ layout, ports }: CommandInputs): readonly string[] {
  const kubeconfig = kubeconfigOf(layout, "kube-controller-manager");
  return [
    `--kubeconfig=${kubeconfig}`,
    `--authentication-kubeconfig=${kubeconfig}`,
    `--authorization-kubeconfig=${kubeconfig}`,
    `--bind-address=${LOOPBACK}`,
    `--secure-port=${ports.controllerManager}`,
    `--cert-dir=${layout.certificates}/controller-manager`,
    `--service-account-private-key-file=${layout.serviceAccountKey}`,
    `--root-ca-file=${layout.authority}`,
    "--use-service-account-credentials=true",
    "--leader-elect=false",
    "--profiling=false",
  ];
}

function scheduler({ layout, ports }: CommandInputs): readonly string[] {
  const kubeconfig = kubeconfigOf(layout, "kube-scheduler");
  return [
    `--kubeconfig=${kubeconfig}`,
    `--authentication-kubeconfig=${kubeconfig}`,
    `--authorization-kubeconfig=${kubeconfig}`,
    `--bind-address=${LOOPBACK}`,
    `--secure-port=${ports.scheduler}`,
    `--cert-dir=${layout.certificates}/scheduler`,
    "--leader-elect=false",
    "--profiling=false",
  ];
}

/** Plays the kubelets with its built-in stages: a pod is ready at once, a Job's pod completes. */
function kwok({ layout, ports, podCidr }: CommandInputs): readonly string[] {
  return [
    `--kubeconfig=${kubeconfigOf(layout, "kwok")}`,
    "--manage-all-nodes=true",
    `--cidr=${podCidr}`,
    "--node-ip=192.0.2.10",
    "--node-lease-duration-seconds=40",
    `--server-address=${LOOPBACK}:${ports.kwok}`,
    "--config=/dev/null",
  ];
}
