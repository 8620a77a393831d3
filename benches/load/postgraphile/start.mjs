// PostGraphile over the database of the register, as one would run it in production: `node start.mjs DATABASE_URL`. One worker a
// core (or WORKERS of them) share the port, and eight connections to the database.

import cluster from "node:cluster";
import { createServer } from "node:http";
import { availableParallelism } from "node:os";

const POOL = 8;
const workers = Math.min(Number(process.env.WORKERS ?? availableParallelism()), POOL);

// What no index begins with cannot be asked for unless it is said so.
const asked = { tags: { behavior: "+attribute:filterBy +attribute:orderBy" } };
const TAGS = {
  version: 1,
  config: { class: { institution_name: { attribute: { language: asked, kind: asked, valid_from: asked } } } },
};

// Delegations are counted by what is a column of theirs, or by what is made of one: here the programme of the batch. Its id is read
// alone, and keys are asked for beside it: with a join in here each count took four times as long.
const ByProgramme = {
  name: "ByProgramme",
  version: "1.0.0",
  schema: {
    hooks: {
      build: {
        after: ["PgAggregatesSpecsPlugin"],
        callback(build) {
          const { sql, dataplanPg: { TYPES } } = build;
          build.pgAggregateGroupBySpecs.push({
            id: "programme",
            isSuitableType: (codec) => codec === TYPES.uuid,
            shouldApplyToEntity: ({ codec, attributeName }) => codec.name === "delegation" && attributeName === "batch_id",
            sqlWrap: (batch) => sql`(select b.programme_id from batch b where b.id = ${batch})`,
            sqlWrapCodec: () => TYPES.uuid,
          });
          return build;
        },
      },
    },
  },
};

if (cluster.isPrimary) {
  const [url] = process.argv.slice(2);
  const env = { DATABASE_URL: url, NODE_ENV: "production", GRAPHILE_ENV: "production" };
  let ready = 0;
  cluster.on("listening", (_, { port }) => {
    ready += 1;
    if (ready === workers) console.log(`listening on http://127.0.0.1:${port}`);
  });
  cluster.on("exit", () => process.exit(1));
  for (let it = 0; it < workers; it += 1) cluster.fork(env);
} else {
  await serve();
}

async function serve() {
  const { postgraphile } = await import("postgraphile");
  const { PostGraphileAmberPreset } = await import("postgraphile/presets/amber");
  const { makePgService } = await import("postgraphile/adaptors/pg");
  const { grafserv } = await import("postgraphile/grafserv/node");
  const { jsonPgSmartTags } = await import("postgraphile/utils");
  const { PgAggregatesPreset } = await import("@graphile/pg-aggregates");

  const preset = {
    extends: [PostGraphileAmberPreset, PgAggregatesPreset],
    plugins: [jsonPgSmartTags(TAGS), ByProgramme],
    pgServices: [
      makePgService({
        connectionString: process.env.DATABASE_URL,
        schemas: ["public"],
        poolConfig: { max: Math.floor(POOL / workers) },
        pubsub: false,
      }),
    ],
    grafserv: { graphqlPath: "/graphql", graphiql: false, watch: false, websockets: false },
    grafast: { explain: false },
  };
  const server = createServer();
  const serv = postgraphile(preset).createServ(grafserv);
  await serv.addTo(server);
  await serv.ready();
  server.listen(0, "127.0.0.1");
}
