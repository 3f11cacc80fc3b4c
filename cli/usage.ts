/** What `npm run hyperedge` says of itself: everything, or one command. */

/** Of all commands. */
export const USAGE = `Usage: npm run hyperedge -- COMMAND

  validate PATH…            check each document against the contract; whether the goals, placements, segments,
                            channels, pools and stocks it names exist is known to the server alone: push --dry-run
  push PATH…                store and publish the documents in files, all or none
      --site URL            where Hyperedge runs (HYPEREDGE_SITE, else the one \`npm start\` runs here)
      --key KEY             a secret key (better: HYPEREDGE_SECRET_KEY, which stays out of the shell's history)
      --dry-run             check everything on the server, change nothing
      --no-publish          store the documents as drafts
      --note TEXT           why; kept with the revision
      --wrangler FILE.sql   write SQL for \`wrangler d1 execute\` instead; \`-\` is standard output
      --workspace ID        the workspace whose inbox the SQL fills
  dry-run PATH…             compile the documents as publishing would and rehearse them with invented customers
      --with-server         beside what the server has published; --site URL, --key KEY as for push
      --visits-per-day N    how busy it is (default 1000)
      --days N              how long (default 7), from --start YYYY-MM-DD (default today)
      --world WORLD.yaml    customers of your own, and what would really happen; see docs/guides/simulation.md
      --trials N            tell how soon there are so many (default 1000)
      --models DIR          models' folders, whose manifests say how scores are spread (default models)
      --seed N, --json
  estimate SEGMENT          how many customers match a segment now; or PATH… for the segments and audiences in files
      --site URL, --key KEY as for push
  performance CAMPAIGN      how its arms do: rates with intervals, share of choices, chance of being the best
      --parameters          what each value of its parameters does
      --strategies          its strategies side by side
      --lifecycle           the phase it is in, and how it came there
      --json                the answer as it is
      --site URL, --key KEY as for push
  learning CAMPAIGN         whether it learns from what arrives
  learning CAMPAIGN hold    show what it shows now, whatever arrives, until it is released
      --reason TEXT         why; kept in the audit
  learning CAMPAIGN release let it learn from everything (--keep all) or from nothing since the hold (--keep before)
      --since MOMENT        with --keep before: from this hour on; --reason TEXT, --json, --site URL, --key KEY
  budgets                   where pools, stocks and the contacts of the day stand
      --json, --site URL, --key KEY
  alerts                    what nobody has acknowledged; --all for the others, too
      --kind KIND, --subject pool:ID, --since 24h, --json, --site URL, --key KEY
  alerts acknowledge ID…    say that somebody looks at it; without ids: all by --subject, --kind, --since or --all
  models                    the models of the workspace: which versions serve, and the paths of their scores
  models show MODEL         its versions with their figures, and why they stand where they stand
  models push FOLDER…       register what \`npm run train\` wrote; the same manifest again is the same version
      --stage STAGE         and put it in service: shadow, canary:0.1 (a tenth of the customers) or live
      --goal GOAL           goal of the workspace that it predicts: what comes of its scores may call it back
      --job N               it is what a training that was asked for made: closes the job, begins as a shadow
  models stage MODEL VERSION STAGE
                            put a version in service; whoever held the stage retires
      --share SHARE         of a canary; --reason TEXT, kept in the audit
      --resume              in spite of the watch, which called the version back
  models retire MODEL VERSION
                            take a version out of service
  models delete MODEL VERSION
                            delete what a version that serves nobody holds; its number and hash stay
  models card MODEL [VERSION]
                            its card: data, figures, limits
  models performance MODEL  how good its scores turned out to be, version by version; --days N (default 30)
  models jobs               trainings that drift, calibration, new outcomes or age ask for
  models jobs take N        say that you train it; give-up N --reason TEXT says that you do not
  models log MODEL          its trials as CSV, of the decision log's files below --from FOLDER
      --manifest FILE       of the version that was told (default: models/MODEL/manifest.json)
  models score MODEL CUSTOMER
                            a customer's score with its reasons; --version N for any version
      --json, --site URL, --key KEY as for push
  schema [KIND]             print the JSON Schema of a kind, or of any document
      --write FOLDER        write all of them into a folder
  workspace create ID       write the SQL that creates a workspace, a site and its two keys
      --name TEXT           of the workspace
      --residency eu        where its customers' data stays (none or eu; for ever)
      --site ID             of the first site (default: shop)
      --kind KIND           of the site: web, app or server (default: web)
      --origin URL          of a web site; may be given several times
      --wrangler FILE.sql   where to write the SQL; the keys then go to standard output. \`-\` (the default)
                            writes the SQL to standard output and the keys to standard error

A PATH is a .yaml, .yml, .json or .jsonc file, or a folder of them. A document is an object with its \`kind\`.
Exit codes: 0 done, 1 refused, 2 called wrongly.
`;

const HEAD = 'Usage: npm run hyperedge -- ';

/** Of one command: its lines of {@link USAGE}, whichever actions it has. @param command one that is there */
export function usageOf(command: string): string {
  const lines = USAGE.split('\n');
  const isHead = (line: string) => /^ {2}\S/.test(line);
  const isOwn = (line: string) => line.startsWith(`  ${command} `);
  let own = false;
  const told = lines.filter((line) => {
    if (isHead(line) || !line.startsWith(' ')) own = isOwn(line);
    return own;
  });
  return `${HEAD}${command} …\n\n${told.join('\n')}\n`;
}
