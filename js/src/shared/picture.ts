/** Pictures of cameras and screens. */

/** The greatest frame height that is ever requested. */
export const MOST_LINES = 2160;
