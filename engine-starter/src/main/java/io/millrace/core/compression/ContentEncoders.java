package io.millrace.core.compression;

import java.io.IOException;
import java.util.zip.Deflater;

import org.jctools.queues.MpmcArrayQueue;

/**
 * Makes encoders. Those of gzip use the JDK's deflaters again: a new one takes and clears
 * some 270 KB of native memory, which is more work than a small body. A few are kept, and
 * the JDK frees them when nothing refers to them any more. Any thread may ask.
 */
public final class ContentEncoders {

	private static final int KEPT = Math.max(16, 4 * Runtime.getRuntime().availableProcessors());

	// Of the level that the server has: there is one for each coding.
	private final MpmcArrayQueue<Deflater> deflaters = new MpmcArrayQueue<>(KEPT);

	private final int deflaterLevel;

	/**
	 * Create them.
	 * @param gzipLevel the level of the deflaters that are kept
	 */
	public ContentEncoders(int gzipLevel) {
		this.deflaterLevel = gzipLevel;
	}

	/**
	 * Create an encoder.
	 * @param choice the coding and its level
	 * @param size how many bytes are to come, -1 where that is not known
	 * @return the encoder, to be closed by the caller
	 * @throws IOException where the library fails
	 */
	public ContentEncoder create(CodingLevel choice, long size) throws IOException {
		return switch (choice.coding()) {
			case GZIP -> gzip(choice.level());
			case BROTLI -> new BrotliEncoder(choice.level());
			case ZSTD -> new ZstdEncoder(choice.level(), size);
			case DEFLATE -> throw new IllegalArgumentException("Responses are not coded with deflate");
		};
	}

	private ContentEncoder gzip(int level) {
		if (level != this.deflaterLevel) {
			return new GzipEncoder(new Deflater(level, true), Deflater::end);
		}
		Deflater kept = this.deflaters.relaxedPoll();
		return new GzipEncoder((kept != null) ? kept : new Deflater(level, true), this::keep);
	}

	private void keep(Deflater deflater) {
		deflater.reset();
		if (!this.deflaters.relaxedOffer(deflater)) {
			deflater.end();
		}
	}

}
