// The part of ncurses that Swift cannot import by itself: variadic functions, macros, and globals
// that fail Swift 6's concurrency check. Nothing here keeps state or decides anything.
#ifndef WINNOW_CNCURSESW_SHIM_H
#define WINNOW_CNCURSESW_SHIM_H

#define NCURSES_WIDECHAR 1
#define NCURSES_NOMACROS 1
#include <curses.h>
#include <langinfo.h>
#include <locale.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>
#include <wchar.h>

// term.h has macros named `lines` and `columns`; only this one function of it is needed.
extern char *tigetstr(const char *name);

// Declared by wchar.h only for X/Open programs.
extern int wcwidth(wchar_t character);

static inline WINDOW *winnow_stdscr(void) { return stdscr; }
static inline int winnow_lines(void) { return LINES; }
static inline int winnow_columns(void) { return COLS; }
static inline int winnow_colors(void) { return COLORS; }
static inline int winnow_color_pairs(void) { return COLOR_PAIRS; }

// Makes newterm's screen on the standard streams; 0, or -1 when the terminal is unknown.
// (initscr would end the process instead.)
static inline int winnow_newterm(void) {
  return newterm(NULL, stdout, stdin) == NULL ? -1 : 0;
}

enum {
  winnow_attribute_bold = 1,
  winnow_attribute_dim = 2,
  winnow_attribute_underline = 4,
  winnow_attribute_reverse = 8,
};

// Writes one character, with its marks (`text` ends with 0), at a place; the cursor stays.
static inline int winnow_put(int y, int x, const wchar_t *text, int attributes, int pair) {
  attr_t bits = A_NORMAL;
  if (attributes & winnow_attribute_bold) bits |= A_BOLD;
  if (attributes & winnow_attribute_dim) bits |= A_DIM;
  if (attributes & winnow_attribute_underline) bits |= A_UNDERLINE;
  if (attributes & winnow_attribute_reverse) bits |= A_REVERSE;
  cchar_t cell;
  int wide_pair = pair;
  short short_pair = (short)(pair > 255 ? 255 : pair);
  if (setcchar(&cell, text, bits, short_pair, &wide_pair) == ERR) return ERR;
  return mvwadd_wchnstr(stdscr, y, x, &cell, 1);
}

// The same for a character without marks.
static inline int winnow_put_one(int y, int x, wchar_t character, int attributes, int pair) {
  wchar_t text[2] = {character, 0};
  return winnow_put(y, x, text, attributes, pair);
}

// What winnow_read found.
enum { winnow_read_nothing = 0, winnow_read_character = 1, winnow_read_key = 2 };

// The next key, without waiting: a character or one of the numbers below in `value`.
static inline int winnow_read(unsigned int *value) {
  wint_t code = 0;
  int result = wget_wch(stdscr, &code);
  *value = (unsigned int)code;
  if (result == OK) return winnow_read_character;
  if (result == KEY_CODE_YES) return winnow_read_key;
  return winnow_read_nothing;
}

static inline int winnow_key_function(unsigned int number) { return KEY_F((int)number); }

static inline const char *winnow_codeset(void) { return nl_langinfo(CODESET); }

// Swift does not import sigaction's union; the handlers are plain functions of the signal.
static inline int winnow_handle(
    int number, void (*handler)(int), int on_own_stack, struct sigaction *previous) {
  struct sigaction action;
  sigemptyset(&action.sa_mask);
  action.sa_flags = on_own_stack ? SA_ONSTACK : 0;
  action.sa_handler = handler;
  return sigaction(number, &action, previous);
}

static inline int winnow_restore_handler(int number, const struct sigaction *previous) {
  return sigaction(number, previous, NULL);
}

// Gives a signal back its default, which stops the program for SIGTSTP.
static inline int winnow_default_handler(int number, struct sigaction *previous) {
  struct sigaction action;
  sigemptyset(&action.sa_mask);
  action.sa_flags = 0;
  action.sa_handler = SIG_DFL;
  return sigaction(number, &action, previous);
}

static inline int winnow_is_ignored(const struct sigaction *action) {
  return action->sa_handler == SIG_IGN;
}

// The size that the terminal has now, whatever curses knows; -1 when it does not say.
static inline int winnow_terminal_size(int *columns, int *lines) {
  struct winsize size;
  if (ioctl(1, TIOCGWINSZ, &size) != 0 || size.ws_col == 0 || size.ws_row == 0) return -1;
  *columns = size.ws_col;
  *lines = size.ws_row;
  return 0;
}

// A stack for the handlers of crashes, so that they run when the usual one has overflowed.
static inline int winnow_signal_stack(void *memory, size_t size) {
  stack_t stack;
  stack.ss_sp = memory;
  stack.ss_size = size;
  stack.ss_flags = 0;
  return sigaltstack(&stack, NULL);
}

#endif
