/** Limits of camera and screen video. */

/** The maximum frame height that is ever requested. */
export const MAX_LINES = 2160;
