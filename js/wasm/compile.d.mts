export function compile(name: "background"): Promise<Uint8Array<ArrayBuffer>>;
export const NETWORK: string;
export function network(): Uint8Array<ArrayBuffer>;
