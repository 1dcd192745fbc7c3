/** A mistake that somebody could make: one place of the product, replaced while the simulation is bundled. */
export interface SeededBug {
  name: string;
  /** Under `shared/`. */
  file: string;
  /** Must occur exactly once. */
  snippet: string;
  replacement: string;
}

const BEIJING_NOW = "new Date(ctx.clock.nowMs() + 28_800_000).toISOString().replace(/\\D/g, '').slice(0, 14)";

const SETTLING = "return transition(ctx.store, 'settle', { seen: message, agreesWith }, changes);";

export const SEEDED_BUGS: SeededBug[] = [
  // Attempts, queries and the lease.
  {
    name: 'a blind resend after a time-out',
    file: 'app/attempt/send.ts',
    snippet: "case 'in-doubt':",
    replacement: "case 'in-doubt':\n      await ctx.gateway.apply(refund, ctx.deadlineMs);",
  },
  {
    name: 'a query that failed counts as "not found"',
    file: 'app/attempt/resolve.ts',
    snippet: "answer.type === 'not-found' && isLateEnough",
    replacement: "answer.type !== 'not-sent' && isLateEnough",
  },
  {
    name: '"not found" counts at once',
    file: 'app/attempt/resolve.ts',
    snippet: 'return sentAtMs - (held.last_attempt_at ?? sentAtMs) >= ctx.rules.resendAfterMs;',
    replacement: 'return sentAtMs > 0 && held.attempts !== 0 && ctx.rules.resendAfterMs > 0;',
  },
  {
    name: 'the age of an attempt counts until the answer comes, not until the query is sent',
    file: 'app/attempt/resolve.ts',
    snippet: 'isLateEnough(ctx, held, answer.sentAtMs)',
    replacement: 'isLateEnough(ctx, held, ctx.clock.nowMs())',
  },
  {
    name: 'the lease is released unconditionally, with the status',
    file: 'app/attempt/lease.ts',
    snippet:
      "transition(\n    ctx.store,\n    'releaseLease',\n    { seen: held },\n    {\n      lease_until: undefined,\n",
    replacement:
      "ctx.store.update(\n    held.no_refund,\n    {},\n    {\n      status: 'REQUESTED', lease_until: undefined,\n",
  },
  {
    name: 'the lease is released unconditionally, with a code',
    file: 'app/transitions.ts',
    snippet: "releaseLease: {\n    from: ['REQUESTED'],\n    unchanged: ['attempt_id'],",
    replacement: 'releaseLease: {',
  },
  {
    name: 'a rejection is recorded unconditionally',
    file: 'app/transitions.ts',
    snippet:
      "reject: {\n    from: ['REQUESTED'],\n    to: 'REJECTED',\n    unchanged: ['attempt_id'],\n    absent: NO_MESSAGE,",
    replacement: "reject: {\n    to: 'REJECTED',",
  },
  {
    name: 'a resend is begun unconditionally',
    file: 'app/transitions.ts',
    snippet:
      "beginResend: {\n    from: ['REQUESTED'],\n    unchanged: ['attempt_id'],\n    absent: NO_MESSAGE,",
    replacement: 'beginResend: {',
  },
  {
    name: 'a begin that was repeated goes on, though a message has settled the refund since',
    file: 'app/attempt/owned.ts',
    snippet: " && refund.status === 'REQUESTED';",
    replacement: ';',
  },
  {
    name: 'a lease that ends before its holder does',
    file: 'app/attempt/lease.ts',
    snippet: 'leaseUntil({ deadlineMs }: ApplyContext): number {\n  return deadlineMs + CLOCK_MARGIN_MS;',
    replacement:
      'leaseUntil({ clock }: ApplyContext): number {\n  return clock.nowMs() + CLOCK_MARGIN_MS / 5;',
  },
  {
    name: 'the lease is ignored by a second caller',
    file: 'app/apply.ts',
    snippet: '(seen.lease_until ?? 0) > ctx.clock.nowMs()',
    replacement: '(seen.lease_until ?? 0) < 0',
  },
  {
    name: 'doubt is not set on a resend',
    file: 'app/attempt/begin.ts',
    snippet: ', doubt: true }',
    replacement: ' }',
  },
  {
    name: 'a rejection counts while an earlier attempt is in doubt',
    file: 'app/attempt/send.ts',
    snippet: 'return refund.doubt\n',
    replacement: 'return refund.attempts === 0\n',
  },
  {
    name: 'REJECTED after a resend leaves the index',
    file: 'app/attempt/reject.ts',
    snippet: 'return reject(ctx, held, checkIn(held.no_refund, ctx.clock.nowMs(), ctx.rules.firstCheckMs));',
    replacement: 'return reject(ctx, held, NO_CHECKS);',
  },
  {
    name: 'dt_refund is renewed on a resend',
    file: 'app/attempt/begin.ts',
    snippet: ', doubt: true }',
    replacement: `, doubt: true, dt_refund: ${BEIJING_NOW} }`,
  },
  {
    name: 'a request is sent before the record is written',
    file: 'app/attempt/begin.ts',
    snippet: 'const created = owned(await ctx.store.create(refund), attempt_id);',
    replacement:
      'await ctx.gateway.apply(refund, ctx.deadlineMs);\n  const created = owned(await ctx.store.create(refund), attempt_id);',
  },
  {
    name: 'the clock is not read before a send',
    file: 'gateway/client.ts',
    snippet: "  if (timeoutMs === 0) return { type: 'not-sent' };\n",
    replacement: '',
  },
  // Verified messages.
  {
    name: 'a status is settled unconditionally',
    file: 'app/transitions.ts',
    snippet:
      "settle: {\n    to: 'as the message says',\n    agrees: [...IDENTITY_FIELDS, 'claimed_sta_refund', 'claimed_oid_refundno'],",
    replacement: 'settle: {',
  },
  {
    name: 'a final status is overwritten by another',
    file: 'domain/life-cycle.ts',
    snippet: 'RANK[earlier] < RANK[status]',
    replacement: 'RANK[earlier] <= RANK[status] && earlier !== status',
  },
  {
    name: 'a status is settled only while an attempt holds the lease',
    file: 'app/settlement/advance.ts',
    snippet: SETTLING,
    replacement: `return ctx.store.get(message.no_refund).then((read) => {
      if (read && !read.lease_until) return { written: true, refund: read, before: read };
      ${SETTLING}
    });`,
  },
  {
    name: 'the amount of a message is not compared',
    file: 'domain/verified-message.ts',
    snippet: "  'money_refund',\n  'dt_refund',\n  'oid_refundno',\n",
    replacement: "  'dt_refund',\n  'oid_refundno',\n",
  },
  {
    name: 'a conflict is not recorded',
    file: 'app/settlement/settle.ts',
    snippet: '  if (contradictsRecord(known, message) || (claim && isIncomplete)) {',
    replacement: '  if (contradictsRecord(known, message) && claim && isIncomplete) {',
  },
  {
    name: 'an open refund leaves the index when it moves',
    file: 'app/settlement/advance.ts',
    snippet: '...checksAfter(status, message.no_refund, now, ctx.rules.firstCheckMs, begun),',
    replacement: 'shard: undefined, next_check_at: undefined,',
  },
  {
    name: 'an unsigned 0000 counts',
    file: 'gateway/answers.ts',
    snippet: "isSigned ? readAccepted(fields, expected, reply.text) : inDoubt('a 0000 without a signature')",
    replacement: 'readAccepted(fields, expected, reply.text)',
  },
  {
    name: 'a wrong signature of an answer is not noticed',
    file: 'gateway/answers.ts',
    snippet: 'if (isSigned && !(await isAuthentic(fields)))',
    replacement: 'if (isSigned && !(await isAuthentic(fields)) && fields.size === 0)',
  },
  {
    name: 'an answer about another refund counts for this one',
    file: 'gateway/answers.ts',
    snippet: 'if (namesAnother(fields, expected))',
    replacement: 'if (namesAnother(fields, expected) && fields.size === 0)',
  },
  {
    name: 'notifications are not verified',
    file: 'gateway/notification-reader.ts',
    snippet: '!(await isAuthentic(fields)) || ',
    replacement: '',
  },
  {
    name: 'a code in doubt counts as a rejection',
    file: 'gateway/client.ts',
    snippet: 'return inDoubt(ret_code, ret_msg);\n}\n\nfunction queryAnswer',
    replacement: "return { type: 'rejected', ret_code, ret_msg };\n}\n\nfunction queryAnswer",
  },
  {
    name: 'a duplicate counts as a rejection',
    file: 'app/attempt/send.ts',
    snippet: 'return queryAfterDuplicate(ctx, refund, answer);',
    replacement: 'return confirmRejection(ctx, refund, answer);',
  },
  {
    name: 'other parameters under a known number are not noticed',
    file: 'app/apply.ts',
    snippet: ' || issues.length > 0',
    replacement: '',
  },
  {
    name: 'a table that fails after a send is answered with ServiceUnavailable',
    file: 'app/attempt/send.ts',
    snippet: 'error: cause });\n    return refund;\n',
    replacement: 'error: cause });\n    throw error;\n',
  },
  {
    name: 'a send after a rejection is not confirmed',
    file: 'app/attempt/retry-rejected.ts',
    snippet: 'const confirmed = await confirmAttempt(ctx, held);',
    replacement: 'const confirmed = { mine: true, refund: held };',
  },
  {
    name: 'after a rejection a query that failed counts as "not found"',
    file: 'app/attempt/retry-rejected.ts',
    snippet: "if (answer.type !== 'not-found') return releaseLease",
    replacement: "if (answer.type === 'not-sent') return releaseLease",
  },
  {
    name: 'an attempt after a rejection is begun by a late repetition too',
    file: 'app/transitions.ts',
    snippet: "to: 'REQUESTED',\n    unchanged: ['attempt_id'],",
    replacement: "to: 'REQUESTED',",
  },
  {
    name: 'an incomplete answer is not kept',
    file: 'app/settlement/advance.ts',
    snippet: '...claimsIn(message),',
    replacement: "...(via === 'notification' ? claimsIn(message) : {}),",
  },
  {
    name: 'what earlier messages left out is never completed',
    file: 'app/settlement/complete.ts',
    snippet: '  if (Object.keys(added).length === 0) {',
    replacement: '  if (Object.keys(added).length >= 0) {',
  },
  {
    name: "the gateway's number is not kept from an incomplete message",
    file: 'app/settlement/fields.ts',
    snippet: '    ...(oid_refundno && { claimed_oid_refundno: oid_refundno }),\n',
    replacement: '',
  },
  {
    name: 'an older task token comes back',
    file: 'app/attempt/task-token.ts',
    snippet: 'return !written.written && isOvertakenOnce ?',
    replacement: 'return !written.written && refund.task_token !== token ?',
  },
  // What the log must say, and what must be counted.
  {
    name: 'a message that could not be recorded is logged without an alarming level',
    file: 'app/decisions.ts',
    snippet: "'message.unrecorded': {\n    level: 'error',",
    replacement: "'message.unrecorded': {\n    level: 'info',",
  },
  {
    name: 'a message that could not be recorded is logged without what it says',
    file: 'app/settlement/record-message.ts',
    snippet:
      '      message: decisiveFields(message),\n      conflict: conflict && decisiveFields(conflict),\n',
    replacement: '',
  },
  {
    name: 'a message that could not be recorded is not counted',
    file: 'app/decisions.ts',
    snippet: "counts: ['UnrecordedMessages', 'Failures'],",
    replacement: '',
  },
  {
    name: 'a conflict is not in the list of conflicts',
    file: 'app/settlement/conflicts.ts',
    snippet: "{ conflict, in_conflict: 'yes', ...evidenceIn",
    replacement: '{ conflict, ...evidenceIn',
  },
  {
    name: 'a refund is in no list of its day',
    file: 'app/attempt/begin.ts',
    snippet: '    day_shard: dayShardOf(no_refund, now),\n',
    replacement: '',
  },
  {
    name: 'a conflict whose write fails is dropped',
    file: 'app/settlement/settle.ts',
    snippet: 'await recordConflict(ctx, known, message, via, isIncomplete ? claim : undefined);',
    replacement:
      'await recordConflict(ctx, known, message, via, isIncomplete ? claim : undefined).catch(() => known);',
  },
  {
    name: 'a conflict is not counted from the stream',
    file: 'app/publishing/alarms.ts',
    snippet: 'if ((after.conflicts ?? 0) > (before?.conflicts ?? 0))',
    replacement: 'if ((after.conflicts ?? 0) > (before?.conflicts ?? 0) && before?.status !== after.status)',
  },
  {
    name: 'that a refund was paid after its rejection is not counted from the stream',
    file: 'app/publishing/alarms.ts',
    snippet:
      "  if (before?.status === 'REJECTED' && movesMoney(status))\n    log('refund.paid_after_rejection', { no_refund, status });\n",
    replacement: '',
  },
  {
    name: 'a record that was deleted is not counted',
    file: 'app/decisions.ts',
    snippet: "    counts: ['RecordsDeleted'],\n",
    replacement: '',
  },
  {
    name: 'a repeated application that finds a paid refund after its rejection does not log it',
    file: 'app/attempt/retry-rejected.ts',
    snippet: "    if (movesMoney(status)) ctx.log('refund.paid_after_rejection', { no_refund, status });\n",
    replacement: '',
  },
  {
    name: 'after a rejection the refund is sent again without a query',
    file: 'app/attempt/retry-rejected.ts',
    snippet: 'const answer = await queryGateway(ctx, held);',
    replacement: "const answer = { type: 'not-found' } as Awaited<ReturnType<typeof queryGateway>>;",
  },
  {
    name: 'a duplicate whose query was not answered is logged as not found',
    file: 'app/attempt/send.ts',
    snippet: "const isNotFound = answer.type === 'not-found';",
    replacement: "const isNotFound = answer.type !== 'not-sent';",
  },
  {
    name: 'a duplicate that is not found is not counted',
    file: 'app/decisions.ts',
    snippet: "    counts: ['DuplicatesNotFound', 'StuckRefunds'],\n",
    replacement: '',
  },
  {
    name: 'a refund that is too old to be sent again is logged without an alarming level',
    file: 'app/decisions.ts',
    snippet: "'attempt.too_old_to_resend': {\n    level: 'error',",
    replacement: "'attempt.too_old_to_resend': {\n    level: 'info',",
  },
  {
    name: 'the age of a refund counts from its creation',
    file: 'domain/refund.ts',
    snippet: 'return applied_at ?? Date.parse(created_at);',
    replacement: 'return applied_at === 0 ? 0 : Date.parse(created_at);',
  },
  {
    name: 'an application that meets a running lease is not remembered',
    file: 'app/apply.ts',
    snippet: 'const goOn = isUnderWay ? rememberApplication',
    replacement: 'const goOn = isUnderWay ? async () => seen',
  },
  {
    name: 'an application that loses the lease to somebody faster is not remembered',
    file: 'app/attempt/resolve.ts',
    snippet: 'return isOpen ? rememberApplication(ctx, refund) : refund;',
    replacement: 'return isOpen ? refund : refund;',
  },
  // Reconciliation.
  {
    name: 'the waits of a refund that may be sent again grow without a bound',
    file: 'app/reconciliation/postpone.ts',
    snippet: 'const isLong = waitMs > MAX_RESENDABLE_WAIT_MS;',
    replacement: 'const isLong = waitMs < 0;',
  },
  {
    name: 'a second page of due refunds is never read',
    file: 'app/reconciliation/part.ts',
    snippet: 'page.length === PAGE',
    replacement: 'page.length > PAGE',
  },
  {
    name: 'a run begins checks after its time',
    file: 'app/reconciliation/pace.ts',
    snippet: 'this.#isOver = !this.#hasTimeIn(pauseMs + TAKING_OVER_MS);',
    replacement: 'this.#isOver = pauseMs < 0;',
  },
  {
    name: 'a run that has slowed down to nothing never recovers',
    file: 'app/reconciliation/pace.ts',
    snippet: 'Math.max(1, this.#speed.factor * this.#limit.atATime)',
    replacement: 'this.#speed.factor * this.#limit.atATime',
  },
  {
    name: 'a check that has ended still counts',
    file: 'app/reconciliation/pace.ts',
    snippet: 'this.#inFlight -= 1;',
    replacement: 'this.#inFlight -= 0;',
  },
  {
    name: 'a run calls the gateway as often at a time as there are refunds',
    file: 'app/reconciliation/pace.ts',
    snippet: 'this.#inFlight + 1 > ',
    replacement: 'this.#inFlight + 1 > 1_000 * ',
  },
  {
    name: 'a run ends while its checks go on',
    file: 'app/reconciliation/part.ts',
    snippet: 'part.ended = Promise.allSettled(checks).then(',
    replacement: 'part.ended = Promise.race(checks).then(() => Promise.allSettled(checks.slice(99))).then(',
  },
  {
    name: 'a run checks what another run has leased',
    file: 'app/reconciliation/part.ts',
    snippet: 'timeLeftMs(ctx) > 0 && (await held.acquire(part.shard))',
    replacement: 'timeLeftMs(ctx) > 0 && (await held.acquire(part.shard)) !== undefined',
  },
  {
    name: 'the lease of a shard ends before its run does',
    file: 'app/reconciliation/held-shards.ts',
    snippet: 'clock.nowMs(), leaseUntil(this.#ctx))',
    replacement: 'clock.nowMs(), clock.nowMs() + 1_000)',
  },
  {
    name: 'each run has the whole limit for the gateway',
    file: 'app/reconciliation/held-shards.ts',
    snippet: 'this.#shards.size / SHARDS.length',
    replacement: 'Math.min(1, this.#shards.size)',
  },
  {
    name: 'a shard is handed over while its checks go on',
    file: 'app/reconciliation/hand-over.ts',
    snippet: '  await Promise.all(parts.map(({ ended }) => ended));\n',
    replacement: '',
  },
  {
    name: 'a shard is handed over with its lease',
    file: 'app/reconciliation/hand-over.ts',
    snippet: '  await held.release(shards);\n',
    replacement: '',
  },
  {
    name: 'a run ends with its leases',
    file: 'app/reconcile.ts',
    snippet: '  await run.held.release();\n',
    replacement: '',
  },
  {
    name: 'what could not be handed over is left',
    file: 'app/reconciliation/hand-over.ts',
    snippet: 'for (const part of parts) begin(part);',
    replacement: '',
  },
  {
    name: 'what could not be handed over is checked from its beginning again',
    file: 'app/reconciliation/part.ts',
    snippet: 'pageAfter(run, part, part.last)',
    replacement: 'pageAfter(run, part)',
  },
  {
    name: 'what was handed over, and no other run has taken up, is left',
    file: 'app/reconciliation/hand-over.ts',
    snippet: '    await waitForOthers(run);\n',
    replacement: '    return;\n',
  },
  {
    name: 'a further run goes on after the run that has started it',
    file: 'app/reconciliation/run.ts',
    snippet: 'share?.untilMs ?? Number.POSITIVE_INFINITY',
    replacement: 'Number.POSITIVE_INFINITY',
  },
  {
    name: 'a further run hands over what was handed over to it',
    file: 'app/reconciliation/hand-over.ts',
    snippet: 'if (isFurther || handingOver) return;',
    replacement: 'if (handingOver) return;',
  },
  {
    name: 'an item of the index without its wait is never checked',
    file: 'app/reconciliation/postpone.ts',
    snippet: 'longerWait(due.check_wait ?? ctx.rules.firstCheckMs)',
    replacement: 'longerWait(due.check_wait as number)',
  },
  {
    name: 'a refund that cannot be queried is not counted',
    file: 'app/decisions.ts',
    snippet: "    counts: ['NotQueryable', 'StuckRefunds'],\n",
    replacement: '',
  },
  {
    name: 'an external refund without a date is never checked',
    file: 'app/notify.ts',
    snippet: '    ...checks(ctx, message, now, status),',
    replacement: '    ...(message.dt_refund && checks(ctx, message, now, status)),',
  },
  // The form of messages.
  {
    name: 'an answer counts whatever the form of its fields',
    file: 'gateway/answers.ts',
    snippet: '  if (faults.length > 0)',
    replacement: '  if (faults.length > 9)',
  },
  {
    name: 'an answer counts although its signed text is ambiguous',
    file: 'gateway/answers.ts',
    snippet: 'isSigned && isAmbiguous(fields)',
    replacement: 'isSigned && isAmbiguous(fields) && fields.size === 0',
  },
  {
    name: 'fields that were moved into ret_msg are not noticed',
    file: 'signing/fields.ts',
    snippet: "if (key === 'ret_msg') return SWALLOWED_FIELD.test(value);",
    replacement: "if (key === 'ret_msg') return false;",
  },
  {
    name: 'a notification counts whatever the form of its fields',
    file: 'gateway/notification-reader.ts',
    snippet: 'if (faults.length > 0 || !noRefund)',
    replacement: 'if (!noRefund)',
  },
  {
    name: 'a notification that cannot be read is not counted',
    file: 'app/decisions.ts',
    snippet: "    counts: ['UnreadableMessages'],\n",
    replacement: '',
  },
  {
    name: 'a later claim is written over an earlier one',
    file: 'app/transitions.ts',
    snippet:
      "    absent: ['unsettled'],\n    agrees: [...IDENTITY_FIELDS, 'claimed_sta_refund', 'claimed_oid_refundno'],\n",
    replacement: '    agrees: IDENTITY_FIELDS,\n',
  },
  {
    name: 'what incomplete messages claimed is not compared with the status that a later one settles',
    file: 'app/settlement/settle.ts',
    snippet: "    { ...changes, ...(conflict && { conflict, in_conflict: 'yes' }) },",
    replacement: '    changes,',
  },
  {
    name: 'a refund that has succeeded is not counted',
    file: 'app/decisions.ts',
    snippet: "    counts: ['RefundsSucceeded'],\n",
    replacement: '',
  },
  // Publishing.
  {
    name: 'an event that the bus has refused counts as published',
    file: 'app/publishing/publish-all.ts',
    snippet: '    return error !== undefined;\n',
    replacement: "    return error?.startsWith('Error') ?? false;\n",
  },
  {
    name: 'events that could not be published are dropped',
    file: 'app/publishing/publish-all.ts',
    snippet: 'const event = unpublished.has(publication) ? publication.event : undefined;',
    replacement: 'const event = unpublished.size > 99 ? publication.event : undefined;',
  },
  {
    name: 'a task that could not be completed is dropped',
    file: 'app/publishing/publish-all.ts',
    snippet: "log('task.failed', { ...facts, error: String(error) });\n    return [publication];",
    replacement: "log('task.failed', { ...facts, error: String(error) });\n    return [];",
  },
  {
    name: 'a task whose token comes after the end is not completed',
    file: 'app/publishing/publications.ts',
    snippet: 'waiting: isMoved || before?.task_token !== after.task_token ? waitingFor(after) : undefined',
    replacement: 'waiting: isMoved ? waitingFor(after) : undefined',
  },
  {
    name: 'what is given up is not sent to the dead letters',
    file: 'app/publishing/publish-all.ts',
    snippet: '    await ctx.deadLetters.send(letter);\n',
    replacement: '',
  },
  {
    name: 'a dead letter is replayed without its task',
    file: 'app/publish.ts',
    snippet: 'if (record) return { ...publication, waiting: waitingFor(record) };',
    replacement: 'if (record) return publication;',
  },
  {
    name: 'an event gives the new status as the previous one',
    file: 'app/publishing/publications.ts',
    snippet: 'event: isMoved ? eventOf(after, before?.status) : undefined',
    replacement: 'event: isMoved ? eventOf(after, after.status) : undefined',
  },
  {
    name: 'a task token is written into the log',
    file: 'app/publishing/publish-all.ts',
    snippet: 'const facts = { no_refund: refund.no_refund, status: refund.status };',
    replacement: 'const facts = { no_refund: refund.no_refund, status: refund.status, token };',
  },
  // The story.
  {
    name: 'a status is settled without its message',
    file: 'app/settlement/advance.ts',
    snippet: '    ...evidenceIn(message, via, now),\n    updated_at,\n    lease_until',
    replacement: '    updated_at,\n    lease_until',
  },
  {
    name: 'a conflict is recorded without its message',
    file: 'app/settlement/conflicts.ts',
    snippet: "in_conflict: 'yes', ...evidenceIn(message, via, nowMs), updated_at }",
    replacement: "in_conflict: 'yes', updated_at }",
  },
  {
    name: 'an external refund is recorded without its message',
    file: 'app/notify.ts',
    snippet: "    ...evidenceIn(message, 'notification', now),\n",
    replacement: '',
  },
  {
    name: 'a message is told as it was read, not as it was received',
    file: 'app/story/entries.ts',
    snippet: 'text: unpack(message.packed),',
    replacement: 'text: JSON.stringify(JSON.parse(unpack(message.packed)), undefined, 1),',
  },
  {
    name: 'the message of an earlier change is told again',
    file: 'app/story/entries.ts',
    snippet: "isChanged(images, 'message') ? messageIn(change.after, unpack) : undefined",
    replacement: 'messageIn(change.after, unpack)',
  },
  {
    name: "positions lack the stream's moment",
    file: 'app/record-history.ts',
    snippet: 'return `$' + '{streamLabel}#',
    replacement: 'return `#',
  },
  {
    name: 'positions are not of one length',
    file: 'app/record-history.ts',
    snippet: "id.padStart(NUMBER_DIGITS, '0')",
    replacement: "id.padStart(1, '0')",
  },
  {
    name: 'an item of a story is written over by the next delivery',
    file: 'store/history-store.ts',
    snippet: "        ConditionExpression: 'attribute_not_exists(no_refund)',\n",
    replacement: '',
  },
  {
    name: 'a change that is handed in twice counts as failed',
    file: 'store/history-store.ts',
    snippet: 'if (!(error instanceof ConditionalCheckFailedException)) throw error;',
    replacement: 'throw error;',
  },
  {
    name: 'a change that could not be recorded is not handed in again',
    file: 'app/record-history.ts',
    snippet: '    return [change.id];\n',
    replacement: '    return [];\n',
  },
  {
    name: 'a change that cannot be read holds up what is behind it',
    file: 'app/record-history.ts',
    snippet: '    return [unreadableEntry(change, error)];\n',
    replacement: '    throw error;\n',
  },
  {
    name: 'a change that cannot be read is left out',
    file: 'app/record-history.ts',
    snippet: '    return [unreadableEntry(change, error)];\n',
    replacement: '    return [];\n',
  },
  {
    name: 'an attempt after a rejection is told as sent when it is begun, too',
    file: 'app/story/attempts.ts',
    snippet: "    return [entry('refund.reapplied', timeOf(after.applied_at ?? Date.parse(at)), facts)];",
    replacement:
      "    return [entry('refund.reapplied', timeOf(after.applied_at ?? Date.parse(at)), facts), attemptSent(after)];",
  },
  {
    name: 'an attempt after a rejection is not told as sent',
    file: 'app/story/attempts.ts',
    snippet: "isChanged(change, 'last_attempt_at') ? [attemptSent(after)] : []",
    replacement: '[]',
  },
  {
    name: 'a repeated application is told only where it leads to an attempt',
    file: 'app/story/attempts.ts',
    snippet: "isChanged(change, 'applied_at') && after.applied_at\n",
    replacement: "isChanged(change, 'applied_at') && hasMoreAttempts && after.applied_at\n",
  },
  {
    name: 'a new application is told without the status before it',
    file: 'app/story/attempts.ts',
    snippet: '{ from: before.status, status: after.status }',
    replacement: '{ from: after.status, status: after.status }',
  },
  {
    name: 'a conflict is told as long as it is in the record',
    file: 'app/story/messages.ts',
    snippet: 'if ((after.conflicts ?? 0) <= (before.conflicts ?? 0)) return [];',
    replacement: 'if (!after.conflict && !before.conflict) return [];',
  },
  {
    name: 'a conflict is told once only',
    file: 'app/story/messages.ts',
    snippet: 'if ((after.conflicts ?? 0) <= (before.conflicts ?? 0)) return [];',
    replacement: 'if (!after.conflict || before.conflict) return [];',
  },
  {
    name: 'a conflict with an earlier claim is told with the message that has outweighed it',
    file: 'app/story/messages.ts',
    snippet: 'isElsewhere ? undefined : change.message',
    replacement: 'change.message',
  },
  {
    name: 'a problem is told as long as it is in the record',
    file: 'app/story/checks.ts',
    snippet: "if (!last_problem || !isChanged(change, 'last_problem')) return [];",
    replacement: 'if (!last_problem) return [];',
  },
  {
    name: 'a check that only meets a running lease is told as begun',
    file: 'app/story/checks.ts',
    snippet: ' && !isShorter;',
    replacement: ';',
  },
  {
    name: 'every lease is told as a hold',
    file: 'app/story/by-hand.ts',
    snippet: 'const LONGEST_LEASE_MS = 400_000;',
    replacement: 'const LONGEST_LEASE_MS = 3_000;',
  },
  {
    name: 'the end of a hold is not told',
    file: 'app/story/by-hand.ts',
    snippet: 'isHeld(before) && after.status === before.status',
    replacement: 'isHeld(before) && after.status !== before.status',
  },
  {
    name: 'a map whose keys come in another order counts as changed',
    file: 'app/story/change.ts',
    snippet: 'return !isSame(before[field], after[field]);',
    replacement: 'return JSON.stringify(before[field]) !== JSON.stringify(after[field]);',
  },
  {
    name: 'a deletion is not told',
    file: 'app/story/entries.ts',
    snippet: '[deletion(before, at)]',
    replacement: '[]',
  },
  {
    name: 'a task token is told',
    file: 'app/story/attempts.ts',
    snippet: "...(refund.task_token ? [entry('task.waits', created_at)] : []),",
    replacement:
      "...(refund.task_token ? [entry('task.waits', created_at, { token: refund.task_token })] : []),",
  },
];
