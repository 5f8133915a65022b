package io.millrace.core.worker;

import org.jspecify.annotations.Nullable;

/**
 * Bounds how many requests of an application are in flight, waiting included, whatever
 * runs them. What it does not admit is refused at once. Event loops ask, any thread
 * returns; nothing here may block.
 */
public interface Admission {

	/**
	 * Admit a request, or do not. Urgent ones are admitted without asking.
	 * @param priority how urgent it is, {@link Priority#NORMAL} or {@link Priority#LOW}
	 * @return its permit, which is returned once; {@code null} if it is to be refused
	 */
	@Nullable Permit tryAcquire(Priority priority);

	/**
	 * Whether nobody would be admitted now. What comes then is refused for less than it
	 * costs to ask for a permit; so it may say {@code false} though it is full, and not
	 * the reverse.
	 * @return whether there is no permit left
	 */
	default boolean isFull() {
		return false;
	}

	/**
	 * What is admitted.
	 * @return one reading
	 */
	AdmissionSnapshot snapshot();

	/**
	 * What of it can be changed while it is in use.
	 * @return the limit, {@code null} where nothing can be changed
	 */
	default @Nullable AdjustableLimit adjustable() {
		return null;
	}

	/**
	 * A limit that stays as it is, unless it is {@linkplain #adjustable() changed}.
	 * @param limit how many requests may be in flight, 1 or more
	 * @return the admission
	 */
	static Admission fixed(int limit) {
		return new LimitAdmission(new FixedLimit(limit));
	}

	/**
	 * A limit that changes with what is measured.
	 * @param limit the limit; it can be changed from outside where it is an
	 * {@link AdjustableLimit} too
	 * @return the admission
	 */
	static Admission adaptive(ConcurrencyLimit limit) {
		return new LimitAdmission(limit);
	}

	/**
	 * The right of one request to be in flight. It is returned once, by one of these
	 * methods, when its handler has returned and its response has ended.
	 */
	interface Permit {

		/** It was served, so its time says how the application does. */
		void succeeded();

		/** Its time says nothing: it failed, its client went away, or it is a stream. */
		void ignored();

		/** It was refused after all, or took longer than it may: too much is asked. */
		void dropped();

	}

}
