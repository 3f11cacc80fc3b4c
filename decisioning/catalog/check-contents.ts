/** What content needs of the placements that show it: markup is allowed by each of them, and only arms leave the page. */
import type { CampaignConfiguration, Configuration, Content } from './configuration.ts';
import type { Report } from './problems.ts';

/** Where a content has markup, as the end of a path; undefined when it has none. */
function markupOf(content: Content | undefined): string | undefined {
  if (content?.html !== undefined) return 'content/html';
  const part = Object.entries(content?.parts ?? {}).find(([, { html }]) => html !== undefined);
  return part && `content/parts/${part[0]}/html`;
}

/** Where a campaign writes markup: in its arms, or in what makes them. */
function markupPaths({ arms, parameters }: CampaignConfiguration): readonly string[] {
  const paths = (prefix: string, owners: readonly { readonly content?: Content | undefined }[]) =>
    owners.flatMap(({ content }, i) => {
      const path = markupOf(content);
      return path ? [`${prefix}/${i}/${path}`] : [];
    });
  const ofArms = paths('arms', arms);
  if (!parameters || ofArms.length === 0) return ofArms;
  const ofValues = parameters.flatMap(({ values }, i) => paths(`parameters/${i}/values`, values));
  // What no value brings stands in the campaign's own content.
  return ofValues.length > 0 ? ofValues : [markupOf(arms.find(({ content }) => markupOf(content))?.content) ?? ''];
}

/** Reports content that its placements do not take, at the field that has it. */
export function checkContents({ campaigns, placements }: Configuration, report: Report): void {
  for (const { id, html, defaultContent } of placements) {
    const path = markupOf(defaultContent)?.replace('content', 'defaultContent');
    if (path && !html) report(`/placements/${id}/${path}`, 'needs "html: true" of the placement');
    if (defaultContent?.redirect !== undefined)
      report(
        `/placements/${id}/defaultContent/redirect`,
        'must not stand in default content: everybody would be sent away',
      );
  }
  const plain = new Set(placements.filter(({ html }) => !html).map(({ id }) => id));
  for (const campaign of campaigns) {
    const refusing = campaign.placements.find((placement) => plain.has(placement));
    if (refusing === undefined) continue;
    for (const path of markupPaths(campaign))
      report(`/campaigns/${campaign.id}/${path}`, `needs "html: true" of the placement "${refusing}"`);
  }
}
