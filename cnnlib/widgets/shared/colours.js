// Okabe and Ito's colours, which stay apart for every kind of colour vision. Black is kept for outlines.
export const COLOURS = ["#E69F00", "#56B4E9", "#009E73", "#CC79A7", "#D55E00", "#0072B2", "#999999", "#F0E442"];
