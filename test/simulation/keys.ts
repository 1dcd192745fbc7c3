import { createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto';

/** One side's key pair; both halves are shared by all seeds, since reading a key costs more than signing. */
export interface KeyPair {
  privateKey: KeyObject;
  publicKey: KeyObject;
}

function keyPair(pkcs8: string): KeyPair {
  const privateKey = createPrivateKey({ key: Buffer.from(pkcs8, 'base64'), format: 'der', type: 'pkcs8' });
  return { privateKey, publicKey: createPublicKey(privateKey) };
}

/** Made for the simulation alone; they protect nothing, and are so short because signing takes most of its time. */
export const KEYS = {
  merchantOld: keyPair(
    'MIIBVgIBADANBgkqhkiG9w0BAQEFAASCAUAwggE8AgEAAkEA3lv9TZGJ9xu46ZNYA1xodsHeUQNSRVu51wigEKZHeYPtBfAtMw65n57Hu+uJibveRXJ3InGO82E+39dLJa3yEwIDAQABAkEAsWrOgkzEu0EIWn4xNIVP6KmpPBSdWS/l6Rg9tusljmLi7P9YZ6jHRsTgUOULK5eK/ILbVTUCqXU+rHH4gRwXkQIhAPkj5qelCUxOOQvHNnguU4VPji/58P5sdfMFtuuqpo6rAiEA5HtR0bJ/fceKCQZZfSgldvxGxR+tss8mg4g6dlkQijkCIQCY7Htw3bFmYAFOBHqfrDfh9SIeurk9Qg/oGtLbtwTDPwIhAJhFa7ECch9EhcUf+zIDOHzFAvFK/HtHvVY5yySmlPRZAiAK2Q149Sr577PURSN7bMoE+ll9iqfQ5UlN2C+OuBMdRQ==',
  ),
  merchantNew: keyPair(
    'MIIBVQIBADANBgkqhkiG9w0BAQEFAASCAT8wggE7AgEAAkEAvSbYUKL67BGAk8uUw9fPvGKW9Zp1tY+SGdpyYwWGCk7Crko30MGjrpqQVRDw+Xrqd05tEaFc4TFRVVTQXMHhyQIDAQABAkEAmyWQiluUSytz9kYmyJhsmQ2Y2u0NnZWcdb460sPGFQ7pe3mhlwMYji7IqbLD7I5sPYgkzR4qObpMgwwG0U6esQIhAOl0bb1hj2oMz6j7l6tWVJ4T1VadjOll5sd71/0m00Z9AiEAz2si/7D5qPb/uAiFc34PDLE/9P3vi8jM9rhORhOwTj0CIQDdDgn7kS2jVY4sjE8JRi3JoS4ZXgXX202zBml2pBTaYQIgOhXlsjcsY03wZOg1/xbRPhuxLnmiiMHN7FXGzccbu30CIFk+8n56/IL3+IbgR8lebIkK5+IrSjUtqq3jggjfM2N+',
  ),
  gatewayOld: keyPair(
    'MIIBVAIBADANBgkqhkiG9w0BAQEFAASCAT4wggE6AgEAAkEAqdBVqamt79aWN0zwdZYLnqE/AdrbSUL/EFBS30L5tPhHktzPzRnqPUQTP9R5z6gcZDRw6N4e6qvSaq1ZXdO94wIDAQABAkACajgNpaAXnRGdz7ZLtcqMgvaGbDpaHF3MOZg0HJu4exl39XBsyXNd+yhFrQLh/eQexQntEu0xmb0klWbFhJShAiEA3t50KJibXYhqfxjvXocbKiRd+3nJcjtm57YYbXfbyw8CIQDDDs2hGZwsLQPPQOlZFcwXbJEMedVs0IYWBBa/Jd8v7QIhALQCrYPUrzi+5HW/6CdLrQ8+zII//gu8GwPwuo5Aj1DVAiBlKJQz7Fg2ANJs9bkO3mMN8tv2oGizGiGv4Ub6suVgsQIgWUxzQBCOz1LImbZaZ9oD9nVPSlgZvtcb2TD33eX0qMs=',
  ),
  gatewayNew: keyPair(
    'MIIBVwIBADANBgkqhkiG9w0BAQEFAASCAUEwggE9AgEAAkEAtJfi0nUBBbCKvXM5AuTau/g9A5D+Y9392UUtjDBdCjPb8MIMt9QvWn3wSAl01GBim5xdUXN5YeHok/avbaudPQIDAQABAkEAtFLA8sJP7f1022yU7bXUT0K0sb3ytYdxNKSlsUiNbmPiEjdKAGnB1VhUiyuyFQdn5bZ3Q1b1wS52xZrca9ZL5QIhAODmtz7vGEqZkSz4JQ9+gA6/dajCwdpr1Y9Yj7hY/S0HAiEAzZC2eJzCeP/+fySPvQFe0dzGlCict/JfvOAWu6d3VpsCIQCCIBvAdxiH+UiNS1ouF9RCNDcAmQcOuLvM/8HQOPTruwIhAJKOTcmH2Y5y1HrJEkFqLLPqdxlCKxlqD5+VFCANsSNpAiEAj/NIvFotjjCUEbPcRIDCd1y4QUDmfULT5dA9emgCbLA=',
  ),
  attacker: keyPair(
    'MIIBVgIBADANBgkqhkiG9w0BAQEFAASCAUAwggE8AgEAAkEAv0p7tyarjO3E0XZLXTK+TQZRco4pSr+q19Bmc2l++aVMNjt2fyrrrECYJCxYz9s5/LSgr8SIM1yfqI500bo+jwIDAQABAkBL3zUWveXJLf2kvvDBdID6eAkSEMTb+w2+L9CS8kMErRRMa7H0d+wJesaz4DcBb6lDb0KxMPxbErvRjGJsKg1hAiEA/dH93rP+/rl+n0WrWXP4xRJbcuOXnO1JneJkmuF1z7cCIQDA7wZR400rPFFD1DaN7Z1zpN9VOejpBxe5s1TPeV9X6QIhAIRjbj4ltkAYcoISrbAnvD7WN1qyeRcB8V7ngcADDxb7AiEAu0mNJgL0D2t/K8wepUor1W4QSshre4KiGmemhb05u7kCIQD6mpu3F4HYx96X0cxaa1HvvC8+QRaOi49vqc49P36Mbw==',
  ),
} satisfies Record<string, KeyPair>;
