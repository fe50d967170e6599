"""The card's figures as plots: SVG, of the same bytes on every machine.

They are part of a build, and a build's bytes depend on nothing but its inputs and its versions. So they are written
here, and not by a library of plots, as Vega (Altair with vl-convert) or Matplotlib. What such a library draws changes
with its version and its fonts, so that every card would be stale after an update. It is too heavy for the core; and if
it were an extra, the same inputs would give two builds, with plots and without. Nor does one of them give a picture
that is legible in light and in dark and says in words what it shows. What is needed is small: bars, points and text,
laid out by plain arithmetic, and by a rule for the width of text that no Unicode version changes (`svg.width`).
"""
