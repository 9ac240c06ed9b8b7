// The part of ncurses that Swift cannot import by itself: see docs/architecture.md.
#ifndef WINNOW_CNCURSESW_SHIM_H
#define WINNOW_CNCURSESW_SHIM_H

#define NCURSES_WIDECHAR 1
#define NCURSES_NOMACROS 1
#include <curses.h>

static inline WINDOW *winnow_stdscr(void) { return stdscr; }

#endif
