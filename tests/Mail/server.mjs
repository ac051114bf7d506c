// A mail server for tests. First line out: its port. Then one JSON line for each thing that happens:
// {"event":"connected"}, {"event":"answered","code":550}, {"event":"letter",...}.
//
// --answers WORD,WORD,...  what the first connections get; every later one is served:
//     serve      takes the letter
//     hang       says nothing, ever
//     mute       takes the letter and never says so
//     slow       takes the letter and says so after two seconds
//     drop       hangs up in the middle of the letter
//     STEP:CODE  refuses at mail, rcpt or data with that code, for instance rcpt:550
// --weather PART:WORD,...       what each letter (not connection) gets by chance, for instance 0.1:rcpt:451,0.02:drop
// --seed NUMBER                 of that chance
// --brief                       tells of each letter only {"event":"took","messageId":...,"to":[...],"at":milliseconds}
// --user NAME --password WORD   demands them
// --starttls                    offers it, with the key and certificate (PEM) in MAIL_KEY and MAIL_CERTIFICATE
//
// On its standard input: "away" closes the port and hangs up on everybody, "back" opens the same port again.
// It ends when its standard input does, so that it never outlives the tests.
import { createInterface } from "node:readline";
import { parseArgs } from "node:util";
import { simpleParser } from "mailparser";
import { SMTPServer } from "smtp-server";

const { values: given } = parseArgs({
  options: {
    answers: { type: "string", default: "" },
    user: { type: "string" },
    password: { type: "string" },
    starttls: { type: "boolean", default: false },
    weather: { type: "string", default: "" },
    seed: { type: "string", default: "1" },
    brief: { type: "boolean", default: false },
  },
});
const answers = given.answers.split(",").filter(Boolean);
const answerOf = new Map();
const weather = given.weather.split(",").filter(Boolean).map((one) => {
  const [part, ...word] = one.split(":");
  return { part: Number(part), word: word.join(":") };
});
let dice = Number(given.seed);

// mulberry32: the same seed gives the same weather.
function chance() {
  dice = (dice + 0x6d2b79f5) | 0;
  let t = Math.imul(dice ^ (dice >>> 15), 1 | dice);
  t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
  return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
}

function weatherNow() {
  let roll = chance();
  return weather.find(({ part }) => (roll -= part) < 0)?.word;
}

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

function hangUp(session) {
  for (const connection of server.connections) {
    if (!session || connection.id === session.id) {
      connection._socket.destroy();
    }
  }
}

const options = {
  ...(given.starttls ? { key: process.env.MAIL_KEY, cert: process.env.MAIL_CERTIFICATE } : {}),
  disabledCommands: [...(given.starttls ? [] : ["STARTTLS"]), ...(given.user ? [] : ["AUTH"])],
  authOptional: !given.user,
  disableReverseLookup: true,
  closeTimeout: 1,
  onConnect(session, done) {
    const answer = answers.shift() ?? "serve";
    answerOf.set(session.id, answer);
    tell({ event: "connected" });
    if (answer !== "hang") {
      done();
    }
  },
  onClose: (session) => answerOf.delete(session.id),
  onAuth(auth, session, done) {
    const right = auth.username === given.user && auth.password === given.password;
    tell({ event: "answered", code: right ? 235 : 535 });
    done(right ? null : new Error("wrong password"), right ? { user: auth.username } : undefined);
  },
  onMailFrom(address, session, done) {
    if (weather.length > 0) {
      answerOf.set(session.id, weatherNow() ?? "serve");
    }

    answerAt("mail", session, done);
  },
  onRcptTo(address, session, done) {
    session.refused = address.address;
    answerAt("rcpt", session, done);
  },
  async onData(stream, session, done) {
    const answer = answerOf.get(session.id) ?? "serve";
    if (answer === "drop") {
      stream.once("data", () => hangUp(session)).resume();
      return;
    }

    const raw = await whole(stream);
    if (!raw) {
      return;
    }

    if (answer.startsWith("data:")) {
      answerAt("data", session, done);
      return;
    }

    tell(given.brief ? { ...briefly(raw, session), said: answer !== "mute" } : await fully(raw, session));
    if (answer === "slow") {
      setTimeout(done, 2000);
    } else if (answer !== "mute") {
      done();
    }
  },
};

// Nothing when the client hung up in the middle.
async function whole(stream) {
  const chunks = [];
  try {
    for await (const chunk of stream) {
      chunks.push(chunk);
    }
  } catch {
    return undefined;
  }

  return Buffer.concat(chunks);
}

function briefly(raw, session) {
  return {
    event: "took",
    messageId: /^message-id:\s*(\S+)/im.exec(raw.toString("latin1"))?.[1] ?? "",
    to: session.envelope.rcptTo.map((recipient) => recipient.address),
    at: Date.now(),
  };
}

async function fully(raw, session) {
  const mail = await simpleParser(raw);
  return {
    event: "letter",
    from: session.envelope.mailFrom.address,
    to: session.envelope.rcptTo.map((recipient) => recipient.address),
    secure: session.secure,
    user: session.user ?? null,
    headers: mail.headerLines.map(({ key, line }) => ({ name: key, line })),
    messageId: mail.messageId ?? null,
    charset: /^content-type:\s*text\/plain;[^]*?charset="?([\w-]+)/im.exec(raw.toString("latin1"))?.[1] ?? null,
    subject: mail.subject ?? "",
    text: mail.text ?? "",
    html: mail.html || null,
  };
}

let server;
let port = 0;

function open() {
  server = new SMTPServer(options);

  // A client that hangs up is not this server's trouble.
  server.on("error", () => {});
  server.listen(port, "127.0.0.1", () => {
    const first = port === 0;
    port = server.server.address().port;
    process.stdout.write(first ? `${port}\n` : `${JSON.stringify({ event: "back" })}\n`);
  });
}

open();
createInterface({ input: process.stdin })
  .on("line", (word) => {
    if (word === "away") {
      server.close(() => {});
      hangUp();
      tell({ event: "away" });
    } else if (word === "back") {
      open();
    }
  })
  .on("close", () => process.exit());
