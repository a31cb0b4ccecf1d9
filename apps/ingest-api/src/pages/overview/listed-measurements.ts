/** Measurements in the list of the overview; a day has 17,280. */
export const LISTED_MEASUREMENTS = 50;
