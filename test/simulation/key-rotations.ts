import { KEYS } from './keys.ts';
import { randomDelay } from './random-delay.ts';
import type { World } from './world.ts';

/** The merchant's and the gateway's keys are rotated. The gateway's new key is stored up to 10 minutes before or after its first use. */
export function startKeyRotations(world: World): void {
  const { random, scheduler, settings, gateway, secrets, history } = world;
  if (settings.rotatesMerchantKey) {
    scheduler.after(randomDelay(random, 3), () => {
      history.add('operator', () => "rotates the merchant's key");
      gateway.merchantKeys.push(KEYS.merchantNew.publicKey);
      secrets.merchant = KEYS.merchantNew.privateKey;
    });
  }
  if (!settings.rotatesGatewayKey) return;
  const inMs = randomDelay(random, 3);
  scheduler.after(inMs, () => {
    history.add('gateway', () => 'signs with its new key');
    gateway.signingKey = KEYS.gatewayNew.privateKey;
  });
  scheduler.after(Math.max(0, inMs + random.between(-600_000, 600_000)), () => {
    history.add('operator', () => "adds the gateway's new key");
    secrets.gateway = [KEYS.gatewayOld.publicKey, KEYS.gatewayNew.publicKey];
  });
}
