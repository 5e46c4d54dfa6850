/** Pictures of cameras and screens. */

/** The most lines of a picture that are ever asked for. */
export const MOST_LINES = 2160;
