/**
 * The program of the stand-in S3: moto's server, behind what S3 does and moto does not. It refuses requests that are signed
 * for another region or by a clock that is five minutes off, and fails as it is told: throttling, expired credentials,
 * delays. What it is told lies in a file, so that whoever tests can break a server that is running.
 */
import { existsSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { writeWhole } from "../files";
import { type S3Site } from "./s3";

/** What goes wrong with the next requests that match. */
export interface S3Fault {
  /** How many more requests. */
  readonly times: number;
  /** @default - any */
  readonly method?: "GET" | "PUT" | "DELETE" | "HEAD";
  /** Part of bucket and key. @default - any */
  readonly holds?: string;
  /** Answer instead of the server's own, such as 503 SlowDown. @default - the server's own, late */
  readonly answer?: { readonly status: number; readonly code: string };
  /** @default 0 */
  readonly delaySeconds?: number;
  /** Part of an object that arrives, from 0 to 1: what a write that was cut off leaves. @default 1 */
  readonly share?: number;
}

interface Wrong {
  readonly faults: readonly S3Fault[];
  /** Seconds by which the server's clock is ahead. */
  readonly clock: number;
}

export const faultsFile = ({ dir }: Pick<S3Site, "dir">): string => join(dir, "s3-faults.json");

const wrongOf = (site: S3Site): Wrong =>
  existsSync(faultsFile(site))
    ? (JSON.parse(readFileSync(faultsFile(site), "utf8")) as Wrong)
    : { faults: [], clock: 0 };

const write = (site: S3Site, wrong: Wrong): void => writeWhole(faultsFile(site), JSON.stringify(wrong));

export const injectS3Fault = (site: S3Site, fault: S3Fault): void =>
  write(site, { ...wrongOf(site), faults: [...wrongOf(site).faults, fault] });

/** Moves the server's clock, which signatures are judged by. */
export const moveS3Clock = (site: S3Site, seconds: number): void => write(site, { ...wrongOf(site), clock: seconds });

export const healS3 = (site: S3Site): void => rmSync(faultsFile(site), { force: true });

/** Arguments of Python that run it. */
export const s3Program = (site: S3Site): readonly string[] => [
  "-c",
  PROGRAM,
  String(site.port),
  site.region,
  faultsFile(site),
];

const PROGRAM = `
import calendar, io, json, os, re, sys, threading, time
from email.utils import formatdate
from werkzeug.serving import run_simple
from moto.moto_server.werkzeug_app import DomainDispatcherApplication, MotoRequestHandler, create_backend_app

port, region, path = int(sys.argv[1]), sys.argv[2], sys.argv[3]
os.environ["MOTO_PORT"] = str(port)
moto, lock = DomainDispatcherApplication(create_backend_app), threading.Lock()

def wrong():
    try:
        with open(path) as file:
            return json.load(file)
    except FileNotFoundError:
        return {"faults": [], "clock": 0}

def take(method, target):
    with lock:
        told = wrong()
        for fault in told["faults"]:
            if fault["times"] > 0 and fault.get("method", method) == method and fault.get("holds", "") in target:
                fault["times"] -= 1
                with open(path + ".new", "w") as file:
                    json.dump(told, file)
                os.replace(path + ".new", path)
                return fault, told["clock"]
        return {}, told["clock"]

def refusal(environ, clock):
    scope = re.search(r"Credential=[^/]*/[0-9]{8}/([^/]+)/s3/", environ.get("HTTP_AUTHORIZATION", ""))
    if scope and scope.group(1) != region:
        return 301, "PermanentRedirect", [("x-amz-bucket-region", region)]
    signed = environ.get("HTTP_X_AMZ_DATE")
    if signed and abs(time.time() + clock - calendar.timegm(time.strptime(signed, "%Y%m%dT%H%M%SZ"))) > 300:
        return 403, "RequestTimeTooSkewed", []
    return None

def serve(environ, start):
    fault, clock = take(environ["REQUEST_METHOD"], environ["PATH_INFO"])
    time.sleep(fault.get("delaySeconds", 0))
    answer = fault.get("answer")
    refused = (answer["status"], answer["code"], []) if answer else refusal(environ, clock)
    if refused:
        status, code, more = refused
        environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        body = ("<Error><Code>%s</Code><Message>stand-in</Message></Error>" % code).encode()
        start("%d %s" % (status, code), [("Content-Type", "application/xml"), ("Content-Length", str(len(body)))] + more)
        return [] if environ["REQUEST_METHOD"] == "HEAD" else [body]
    if "share" in fault:
        whole = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        part = whole[: int(len(whole) * fault["share"])]
        environ["wsgi.input"], environ["CONTENT_LENGTH"] = io.BytesIO(part), str(len(part))
    return moto(environ, lambda status, headers, *rest: start(status, [h for h in headers if h[0].lower() != "date"], *rest))

class Handler(MotoRequestHandler):
    def date_time_string(self, timestamp=None):
        return formatdate(time.time() + wrong()["clock"], usegmt=True)

run_simple("127.0.0.1", port, serve, threaded=True, request_handler=Handler)
`;
