// A mail server for tests. First line out: its port. Then one JSON line for each thing that happens:
// {"event":"connected"}, {"event":"answered","code":550}, {"event":"letter",...}.
//
// --answers WORD,WORD,...  what the first connections get; every later one is served:
//     serve      takes the letter
//     hang       says nothing, ever
//     mute       takes the letter and never says so
//     STEP:CODE  refuses at mail, rcpt or data with that code, for instance rcpt:550
// --user NAME --password WORD   demands them
// --starttls                    offers it, with the key and certificate (PEM) in MAIL_KEY and MAIL_CERTIFICATE
//
// It ends when its standard input does, so that it never outlives the tests.
import { parseArgs } from "node:util";
import { simpleParser } from "mailparser";
import { SMTPServer } from "smtp-server";

const { values: given } = parseArgs({
  options: {
    answers: { type: "string", default: "" },
    user: { type: "string" },
    password: { type: "string" },
    starttls: { type: "boolean", default: false },
  },
});
const answers = given.answers.split(",").filter(Boolean);
const answerOf = new Map();

function tell(event) {
  process.stdout.write(`${JSON.stringify(event)}\n`);
}

function answerAt(step, session, done) {
  const [refusedAt, code] = (answerOf.get(session.id) ?? "serve").split(":");
  if (refusedAt !== step) {
    done();
    return;
  }

  // Servers like to name the address that they refuse.
  const to = session.envelope.rcptTo.at(-1)?.address ?? session.refused ?? "";
  tell({ event: "answered", code: Number(code) });
  done(Object.assign(new Error(`<${to}> is not welcome`), { responseCode: Number(code) }));
}

const server = new SMTPServer({
  ...(given.starttls ? { key: process.env.MAIL_KEY, cert: process.env.MAIL_CERTIFICATE } : {}),
  disabledCommands: [...(given.starttls ? [] : ["STARTTLS"]), ...(given.user ? [] : ["AUTH"])],
  authOptional: !given.user,
  disableReverseLookup: true,
  onConnect(session, done) {
    const answer = answers.shift() ?? "serve";
    answerOf.set(session.id, answer);
    tell({ event: "connected" });
    if (answer !== "hang") {
      done();
    }
  },
  onAuth(auth, session, done) {
    const right = auth.username === given.user && auth.password === given.password;
    tell({ event: "answered", code: right ? 235 : 535 });
    done(right ? null : new Error("wrong password"), right ? { user: auth.username } : undefined);
  },
  onMailFrom: (address, session, done) => answerAt("mail", session, done),
  onRcptTo(address, session, done) {
    session.refused = address.address;
    answerAt("rcpt", session, done);
  },
  async onData(stream, session, done) {
    const mail = await simpleParser(stream);
    const answer = answerOf.get(session.id);
    if (answer.startsWith("data:")) {
      answerAt("data", session, done);
      return;
    }

    tell({
      event: "letter",
      from: session.envelope.mailFrom.address,
      to: session.envelope.rcptTo.map((recipient) => recipient.address),
      secure: session.secure,
      user: session.user ?? null,
      headers: mail.headerLines.map(({ key, line }) => ({ name: key, line })),
      messageId: mail.messageId ?? null,
      charset: mail.headers.get("content-type")?.params.charset ?? null,
      subject: mail.subject ?? "",
      text: mail.text ?? "",
    });
    if (answer !== "mute") {
      done();
    }
  },
});

// A client that hangs up is not this server's trouble.
server.on("error", () => {});
server.listen(0, "127.0.0.1", () => process.stdout.write(`${server.server.address().port}\n`));
process.stdin.on("end", () => process.exit()).resume();
