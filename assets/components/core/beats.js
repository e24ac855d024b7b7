// What a page's components share: the stage, the lecture, and the step from one to the next.

// The parts of a page that share the beats: the stage that is shown, and the lecture if one is given.
// Kept on the document: a property of the window was seen to be lost between two pages.
const MOUNTED = (document.convoscope ||= { stage: null, lecture: null });
window.convoscope = MOUNTED;

// One button goes on: the lecture's question is answered first, then the stage walks its steps,
// then comes the lecture's next scene; and the same way back.
function advance(forward) {
  return MOUNTED.lecture?.answer(forward) || MOUNTED.stage?.walk(forward) || MOUNTED.lecture?.move(forward);
}

// The clean-up of one mounting, which must not undo a newer one of the same part: that may come first.
function cleanupOf(part) {
  const mounted = (part.mounted = {});
  return () => { if (part.mounted === mounted) part.leave(); };
}
