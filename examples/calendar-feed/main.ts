/**
 * The calendar of DESIGN's example: serves `/absences.ics`, which calendar programs subscribe to, on the loopback interface.
 *
 * The key needs READ on timeOff (employeeName, startDate, endDate), nothing else. Every request of the feed asks Latchkey anew, so a
 * revoked key ends the feed at once. Put your own sign-in in front of it: whoever reads the feed reads who is away.
 */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { readAccess } from "../latchkey-client";
import { absenceCalendar } from "./absence-calendar";

const access = readAccess(process.env);

const server = createServer((request, response) => {
  if (request.url !== "/absences.ics" || request.method !== "GET") {
    response.writeHead(404, { "content-type": "text/plain" }).end("Subscribe to /absences.ics\n");
    return;
  }
  absenceCalendar(access, new Date()).then(
    (calendar) => response.writeHead(200, { "content-type": "text/calendar; charset=utf-8" }).end(calendar),
    (error: Error) => {
      // What the key may not do is for the operator of the feed; subscribers learn that there is no calendar now.
      process.stderr.write(`${error.message}\n`);
      response.writeHead(502, { "content-type": "text/plain" }).end("The calendar cannot be read now.\n");
    },
  );
});

server.listen(Number(process.env.PORT ?? 4010), "127.0.0.1", () => {
  process.stdout.write(`http://127.0.0.1:${(server.address() as AddressInfo).port}/absences.ics\n`);
});
process.once("SIGTERM", () => server.close());
