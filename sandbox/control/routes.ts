import { behaviourOf, behaviours } from '../gateway/behaviours.ts';
import type { Gateway } from '../gateway/gateway.ts';
import { UnusableUrl } from '../gateway/manual-notification.ts';
import type { SentNotification } from '../gateway/notification.ts';
import { ControlError } from './control-error.ts';
import { limitIn, orderIn, textIn } from './inputs.ts';
import { behaviourView, eventView, notificationView, paymentView } from './views.ts';

/** A request that may be carried out. */
export interface ControlRequest {
  readonly method: string;
  readonly target: URL;
  readonly body: string;
}

interface Route {
  readonly method: 'GET' | 'POST';
  /** `{id}` stands for any segment. */
  readonly path: string;
  /** The query parameters that it takes. */
  readonly parameters: readonly string[];
  readonly answer: (gateway: Gateway, request: ControlRequest, id: string) => unknown;
}

/** What the gateway's control takes. */
export const routes: readonly Route[] = [
  {
    method: 'GET',
    path: '/behaviours',
    parameters: ['no_refund'],
    answer: (_gateway, { target }) => ({ behaviours: namedBehaviours(textIn(target, 'no_refund')) }),
  },
  {
    method: 'GET',
    path: '/books',
    parameters: ['no_refund'],
    answer: (gateway, { target }) => booksOf(gateway, textIn(target, 'no_refund')),
  },
  {
    method: 'GET',
    path: '/notifications',
    parameters: ['no_refund', 'limit'],
    answer: (gateway, { target }) => {
      const sent = gateway.notifications(textIn(target, 'no_refund')).slice(-limitIn(target));
      return { notifications: sent.map(notificationView) };
    },
  },
  {
    method: 'POST',
    path: '/notifications',
    parameters: [],
    answer: (gateway, { body }) => sendNotification(gateway, body),
  },
  {
    method: 'GET',
    path: '/notifications/{id}',
    parameters: [],
    answer: (gateway, _request, id) => notificationView(sentIn(gateway, id)),
  },
  {
    method: 'POST',
    path: '/notifications/{id}/resend',
    parameters: [],
    answer: async (gateway, _request, id) => notificationView(await gateway.resend(sentIn(gateway, id))),
  },
];

/**
 * Carries out a request.
 * @throws ControlError that says what to do
 */
export async function answerTo(gateway: Gateway, request: ControlRequest): Promise<unknown> {
  const { pathname, searchParams } = request.target;
  const onPath = routes.filter((route) => patternOf(route).test(pathname));
  if (onPath.length === 0)
    throw new ControlError('NotFound', `There is no ${pathname}: docs/sandbox.md has the paths.`);
  const route = onPath.find(({ method }) => method === request.method);
  if (!route) {
    const methods = onPath.map(({ method }) => method).join(' or ');
    throw new ControlError('MethodNotAllowed', `${pathname} takes ${methods}.`);
  }
  for (const name of searchParams.keys()) {
    if (!route.parameters.includes(name))
      throw new ControlError('InvalidRequest', `${pathname} takes no parameter ${name}: leave it out.`);
  }
  return route.answer(gateway, request, patternOf(route).exec(pathname)?.[1] ?? '');
}

function patternOf({ path }: Route): RegExp {
  return new RegExp(`^${path.replace('{id}', '([^/]+)')}$`);
}

/** All but the default one; with a number only the one that the number selects. */
function namedBehaviours(no_refund: string | undefined) {
  const chosen = no_refund === undefined ? behaviours : [behaviourOf(no_refund).behaviour];
  return chosen.filter(({ prefix }) => prefix !== '').map(behaviourView);
}

function booksOf(gateway: Gateway, no_refund: string | undefined) {
  if (no_refund === undefined)
    throw new ControlError('InvalidRequest', 'Say of which refund: /books?no_refund=NUMBER.');
  return {
    payments: gateway.payments(no_refund).map(paymentView),
    events: gateway.events(no_refund).map(eventView),
  };
}

function sentIn(gateway: Gateway, id: string): SentNotification {
  const sent = gateway.notification(id);
  if (sent) return sent;
  const newest = gateway.notifications().at(-1)?.id ?? 'none yet';
  throw new ControlError(
    'NotFound',
    `There is no notification ${id}, or it is forgotten. Look into the list of notifications; the newest is ${newest}.`,
  );
}

async function sendNotification(gateway: Gateway, body: string): Promise<unknown> {
  const { no_refund, changes, url } = orderIn(body);
  try {
    return notificationView(await gateway.notify(no_refund, changes, url));
  } catch (error) {
    if (!(error instanceof UnusableUrl)) throw error;
    throw new ControlError('InvalidRequest', `${error.message}.`);
  }
}
