import type { GatewayBooks, GatewayNotification } from '../../cli/sandbox-control.ts';
import type { Access } from '../../console/access.ts';
import { type ConsoleServer, startConsole } from '../../console/server.ts';
import { shownAt } from '../../console/shown.ts';
import { behaviours, exampleOf } from '../../sandbox/gateway/behaviours.ts';
import { startToldService, type ToldRefund, type ToldService } from './told-service.ts';

/** A console over a service that tells what it is given. */
export interface ToldConsole extends ConsoleServer {
  service: ToldService;
  /** Of the console; it listens on 127.0.0.1. */
  origin: string;
}

/** What a sandbox's gateway tells of every refund. */
export interface ToldGateway {
  books: GatewayBooks;
  notifications: GatewayNotification[];
}

/** Whoever looks at the page shall see its changes soon, milliseconds. */
const PAUSE_MS = 150;

interface Options {
  /** Makes the service a sandbox. */
  gateway?: ToldGateway;
  /** Who may use it; without it, everybody. */
  access?: Access;
  /** Whether the gateway's key is at hand. */
  hasKeys?: boolean;
}

/** Starts a console as `--url` and `--key` would. */
export async function startToldConsole(
  told: Readonly<Record<string, ToldRefund>>,
  { gateway, access, hasKeys = true }: Options = {},
): Promise<ToldConsole> {
  const service = await startToldService(told);
  const shown = await shownAt({ url: service.url }, hasKeys ? ['sandbox/keys/gateway-public.pem'] : []);
  const about = { ...shown.about, pauseMs: PAUSE_MS, ...(gateway && { ...SANDBOX }) };
  const control = gateway && {
    behaviours: async () => SANDBOX.behaviours,
    books: async () => gateway.books,
    notifications: async () => gateway.notifications,
    notification: async () => first(gateway),
    resend: async () => first(gateway),
    send: async () => first(gateway),
  };
  const console = await startConsole(
    { ...shown, about, ...(control && { gateway: control }) },
    { port: 0, ...(access && { access }) },
  );
  return {
    ...console,
    service,
    origin: new URL(console.url).origin,
    stop: async () => {
      await console.stop();
      await service.stop();
    },
  };
}

const first = ({ notifications: [notification] }: ToldGateway) => {
  if (!notification) throw new Error('no notification was told');
  return notification;
};

const SANDBOX = {
  isSandbox: true,
  name: '3000',
  behaviours: behaviours
    .filter(({ prefix }) => prefix)
    .map((behaviour) => ({
      beginning: behaviour.prefix,
      text: behaviour.does,
      example: exampleOf(behaviour),
    })),
};
