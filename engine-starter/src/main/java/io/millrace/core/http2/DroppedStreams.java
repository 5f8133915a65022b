package io.millrace.core.http2;

/**
 * The streams that were reset or refused last: what is still on its way for them is
 * ignored (RFC 9113 §5.1, "closed"), and not answered by one reset after the other.
 */
final class DroppedStreams {

	private static final int REMEMBERED = 256;

	private final int[] ids = new int[REMEMBERED];

	private int next;

	/**
	 * A stream was reset or refused.
	 * @param id its number
	 */
	void add(int id) {
		this.ids[this.next] = id;
		this.next = (this.next + 1) % REMEMBERED;
	}

	/**
	 * Whether a stream is one of these.
	 * @param id its number, more than 0
	 * @return whether its frames are ignored
	 */
	boolean contains(int id) {
		for (int known : this.ids) {
			if (known == id) {
				return true;
			}
		}
		return false;
	}

}
