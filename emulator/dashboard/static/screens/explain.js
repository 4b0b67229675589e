// Why something is as it is, in the emulator's own words, where it can tell.

export async function explained() {
  return null;
}
