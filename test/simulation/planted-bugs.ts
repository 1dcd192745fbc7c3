/** A mistake somebody could make: one place of the product, replaced while the simulation is bundled. */
export interface PlantedBug {
  name: string;
  /** Under `shared/`. */
  file: string;
  /** Must occur exactly once. */
  snippet: string;
  replacement: string;
}

const BEIJING_NOW = "new Date(ctx.clock.nowMs() + 28_800_000).toISOString().replace(/\\D/g, '').slice(0, 14)";

export const PLANTED_BUGS: PlantedBug[] = [
  {
    name: 'a blind resend after a time-out',
    file: 'app/attempt.ts',
    snippet: "case 'in-doubt':",
    replacement: "case 'in-doubt':\n      await ctx.gateway.apply(refund, ctx.deadlineMs);",
  },
  {
    name: 'a query that failed is taken for "not found"',
    file: 'app/resolve.ts',
    snippet: "answer.type === 'not-found' && isLateEnough",
    replacement: "answer.type !== 'not-sent' && isLateEnough",
  },
  {
    name: '"not found" is believed at once',
    file: 'app/resolve.ts',
    snippet: 'return sentAtMs - (held.last_attempt_at ?? sentAtMs) >= ctx.rules.resendAfterMs;',
    replacement: 'return sentAtMs > 0 && held.attempts !== 0 && ctx.rules.resendAfterMs > 0;',
  },
  {
    name: 'the age counts until the answer comes, not until the question leaves',
    file: 'app/resolve.ts',
    snippet: 'isLateEnough(ctx, held, answer.sentAtMs)',
    replacement: 'isLateEnough(ctx, held, ctx.clock.nowMs())',
  },
  {
    name: 'the lease is given back unconditionally, with the status',
    file: 'app/attempt-writes.ts',
    snippet: 'whileHeld(held), { lease_until: undefined, ...kept }',
    replacement: "{}, { status: 'REQUESTED', lease_until: undefined, ...kept }",
  },
  {
    name: 'the lease is given back unconditionally, with a code',
    file: 'app/attempt-writes.ts',
    snippet: 'whileHeld(held), { lease_until: undefined, ...kept }',
    replacement: '{}, { lease_until: undefined, ...kept }',
  },
  {
    name: 'a refusal is recorded unconditionally',
    file: 'app/attempt-writes.ts',
    snippet: "whileUnheardOf(held), rejected, ['version']",
    replacement: "{}, rejected, ['version']",
  },
  {
    name: 'a resend is begun unconditionally',
    file: 'app/attempt-writes.ts',
    snippet: 'whileUnheardOf(held),\n    {\n      // A new id',
    replacement: '{},\n    {\n      // A new id',
  },
  {
    name: 'a beginning that was repeated goes on, though a message has settled the refund since',
    file: 'app/attempt-writes.ts',
    snippet: " && refund.status === 'REQUESTED';",
    replacement: ';',
  },
  {
    name: 'a lease that ends before its holder does',
    file: 'app/attempt-writes.ts',
    snippet: 'ctx.deadlineMs + CLOCK_MARGIN_MS',
    replacement: 'ctx.clock.nowMs() + CLOCK_MARGIN_MS / 5',
  },
  {
    name: 'the lease is ignored by a second caller',
    file: 'app/apply.ts',
    snippet: '(seen.lease_until ?? 0) > ctx.clock.nowMs()',
    replacement: '(seen.lease_until ?? 0) < 0',
  },
  {
    name: 'doubt is not set on a resend',
    file: 'app/attempt-writes.ts',
    snippet: '      doubt: true,\n',
    replacement: '',
  },
  {
    name: 'a refusal is believed while in doubt',
    file: 'app/attempt.ts',
    snippet: 'return refund.doubt ? giveBack(',
    replacement: 'return refund.attempts === 0 ? giveBack(',
  },
  {
    name: 'REJECTED after a resend leaves the index',
    file: 'app/resolve.ts',
    snippet: 'reject(ctx, held, checkIn(held.no_refund, ctx.clock.nowMs(), ctx.rules.firstCheckMs))',
    replacement: 'reject(ctx, held, { shard: undefined, next_check_at: undefined, check_wait: undefined })',
  },
  {
    name: 'dt_refund is renewed on a resend',
    file: 'app/attempt-writes.ts',
    snippet: '      doubt: true,\n',
    replacement: `      doubt: true,\n      dt_refund: ${BEIJING_NOW},\n`,
  },
  {
    name: 'something is sent before the record is written',
    file: 'app/attempt-writes.ts',
    snippet: 'return owned(await ctx.store.create(refund), attempt_id);',
    replacement:
      'await ctx.gateway.apply(refund, ctx.deadlineMs);\n  return owned(await ctx.store.create(refund), attempt_id);',
  },
  {
    name: 'the clock is not looked at before a send',
    file: 'gateway/client.ts',
    snippet: "  if (timeoutMs === 0) return { type: 'not-sent' };\n",
    replacement: '',
  },
  {
    name: 'a status is settled unconditionally',
    file: 'app/settle.ts',
    snippet: '{ status: from, ...agreement(said), ...(!status && nothingElseClaimed(said)) },\n    changes,',
    replacement: '{},\n    changes,',
  },
  {
    name: 'a final status is overwritten by another',
    file: 'domain/life-cycle.ts',
    snippet: 'RANK[earlier] < RANK[status]',
    replacement: 'RANK[earlier] <= RANK[status] && earlier !== status',
  },
  {
    name: 'a status is settled on the condition of an attempt that was read before',
    file: 'app/settle.ts',
    snippet: '  const written = await ctx.store.update(\n    said.no_refund,\n    { status: from, ',
    replacement:
      '  const read = await ctx.store.get(said.no_refund);\n' +
      '  const written = await ctx.store.update(\n    said.no_refund,\n' +
      '    { status: from, attempt_id: [read?.attempt_id], ',
  },
  {
    name: 'a status is settled only while an attempt holds the lease',
    file: 'app/settle.ts',
    snippet: '{ status: from, ...agreement(said), ...(!status && nothingElseClaimed(said)) },\n    changes,',
    replacement:
      '{ status: from, lease_until: [(await ctx.store.get(said.no_refund))?.lease_until ?? -1], ...agreement(said), ...(!status && nothingElseClaimed(said)) },\n    changes,',
  },
  {
    name: 'the amount of a message is not compared',
    file: 'app/contradictions.ts',
    snippet: "const IDENTITY = ['money_refund', 'dt_refund', 'oid_refundno']",
    replacement: "const IDENTITY = ['dt_refund', 'oid_refundno']",
  },
  {
    name: 'a contradiction is not kept',
    file: 'app/settle.ts',
    snippet: '  if (claim || disagree(known, said)) {',
    replacement: '  if (claim && disagree(known, said)) {',
  },
  {
    name: 'an unfinished refund leaves the index when it moves',
    file: 'app/settle.ts',
    snippet: '...checksAfter(status, said.no_refund, now, ctx.rules.firstCheckMs),',
    replacement: 'shard: undefined, next_check_at: undefined,',
  },
  {
    name: 'an unsigned 0000 is trusted',
    file: 'gateway/answers.ts',
    snippet: "  if (!isSigned) return inDoubt('a 0000 without a signature');\n",
    replacement: '',
  },
  {
    name: 'a wrong signature is overlooked in an answer',
    file: 'gateway/answers.ts',
    snippet: 'if (isSigned && !(await isAuthentic(fields)))',
    replacement: 'if (isSigned && !(await isAuthentic(fields)) && fields.size === 0)',
  },
  {
    name: 'an answer about another refund is taken for this one',
    file: 'gateway/answers.ts',
    snippet: 'if (namesAnother(fields, expected))',
    replacement: 'if (namesAnother(fields, expected) && fields.size === 0)',
  },
  {
    name: 'notifications are not verified',
    file: 'gateway/inbox.ts',
    snippet: '!(await isAuthentic(fields)) || ',
    replacement: '',
  },
  {
    name: 'a code in doubt is taken for a refusal',
    file: 'gateway/client.ts',
    snippet: 'return inDoubt(ret_code, ret_msg);\n}\n\nfunction queryAnswer',
    replacement: "return { type: 'rejected', ret_code, ret_msg };\n}\n\nfunction queryAnswer",
  },
  {
    name: 'a duplicate is taken for a refusal',
    file: 'app/attempt.ts',
    snippet: 'return askAfterDuplicate(ctx, refund, answer);',
    replacement: 'return reject(ctx, refund, { ...NO_CHECK });',
  },
  {
    name: 'other parameters under a known number are not noticed',
    file: 'app/apply.ts',
    snippet: ' || issues.length > 0',
    replacement: '',
  },
  {
    name: 'a table that fails after a send is told as ServiceUnavailable',
    file: 'app/attempt.ts',
    snippet: '    );\n    return refund;\n',
    replacement: '    );\n    throw error;\n',
  },
  {
    name: 'a send after a refusal is not confirmed',
    file: 'app/resolve.ts',
    snippet: 'const confirmed = await confirmAttempt(ctx, held);',
    replacement: 'const confirmed = { mine: true, refund: held };',
  },
  {
    name: 'after a refusal a query that failed is taken for "not found"',
    file: 'app/resolve.ts',
    snippet: "if (answer.type !== 'not-found' || isKnownToGateway(ctx, held))",
    replacement: "if (answer.type === 'not-sent' || isKnownToGateway(ctx, held))",
  },
  {
    name: 'an attempt after a refusal is begun by a late repetition too',
    file: 'app/attempt-writes.ts',
    snippet: "{ status: ['REJECTED'], attempt_id: [seen.attempt_id] }",
    replacement: "{ status: ['REJECTED'] }",
  },
  {
    name: 'an answer that says too little is not kept',
    file: 'app/settle.ts',
    snippet: '...unsettledBy(said),',
    replacement: "...(how === 'told' ? unsettledBy(said) : {}),",
  },
  {
    name: 'what earlier messages left out is never learnt',
    file: 'app/settle.ts',
    snippet: '  if (news.length === 0) {',
    replacement: '  if (news.length >= 0) {',
  },
  {
    name: "the gateway's number is not kept from a message that says too little",
    file: 'app/settle.ts',
    snippet: '    ...(oid_refundno && { claimed_oid_refundno: oid_refundno }),\n',
    replacement: '',
  },
  {
    name: 'an older task token comes back',
    file: 'app/attempt-writes.ts',
    snippet: 'return !written.written && isPassedOver ?',
    replacement: 'return !written.written && refund.task_token !== token ?',
  },
];
