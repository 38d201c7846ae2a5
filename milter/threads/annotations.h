// Words for clang's thread safety analysis (-Wthread-safety): which lock guards what, and who has to hold it.
// tests/house/locks.py runs the analysis; to other compilers the words mean nothing.
#pragma once

#ifdef __clang__
#define PARAPH_ANNOTATION(words) __attribute__((words))
#else
#define PARAPH_ANNOTATION(words)
#endif

// Of a class: objects of it are locks, or hold one as long as they live.
#define PARAPH_LOCK PARAPH_ANNOTATION(capability("mutex"))
#define PARAPH_SCOPED_LOCK PARAPH_ANNOTATION(scoped_lockable)

// Of a member: whoever reads or writes it holds that lock.
#define PARAPH_GUARDED_BY(lock) PARAPH_ANNOTATION(guarded_by(lock))

// Of a function: its caller holds the lock, or does not.
#define PARAPH_REQUIRES(lock) PARAPH_ANNOTATION(requires_capability(lock))
#define PARAPH_EXCLUDES(lock) PARAPH_ANNOTATION(locks_excluded(lock))

// Of a function of a lock: it takes the lock, or lets go of it.
#define PARAPH_ACQUIRES(...) PARAPH_ANNOTATION(acquire_capability(__VA_ARGS__))
#define PARAPH_RELEASES(...) PARAPH_ANNOTATION(release_capability(__VA_ARGS__))
