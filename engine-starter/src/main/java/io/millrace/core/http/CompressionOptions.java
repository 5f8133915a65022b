package io.millrace.core.http;

import java.util.List;
import java.util.function.Predicate;
import java.util.regex.Pattern;

import io.millrace.core.compression.CodingLevel;
import io.millrace.core.compression.ContentCoding;
import io.millrace.core.compression.MediaTypes;

/**
 * Which responses are compressed, and how.
 *
 * @param codings the codings that are offered, at least one, the best first: of those
 * that a client likes equally the first is taken
 * @param types what is worth compressing
 * @param excludedAgents clients that get nothing compressed: those in whose
 * {@code User-Agent} one of these is found
 * @param minSize how many bytes a body has to have at least, as far as that is known
 * before it is sent
 * @param excluded tells requests whose responses are never compressed; asked for those
 * that would be
 * @param maxMemory how many bytes of native memory the encoders of responses that are
 * under way may take, about (see {@link CodingLevel#memory()}); a response that is more
 * than one write and finds no room is sent as it is. 0 for an eighth of the heap, but
 * enough for {@link #LEAST_ENCODERS}
 */
public record CompressionOptions(List<CodingLevel> codings, MediaTypes types, List<Pattern> excludedAgents,
		long minSize, Predicate<RequestHead> excluded, long maxMemory) {

	/** How many responses are compressed at a time however small the heap is. */
	public static final int LEAST_ENCODERS = 64;

	/**
	 * The codings, as far as their libraries are here: what takes the least time for a
	 * byte first. gzip at 4: from there on zlib looks twice for a match, and what it
	 * finds at 6, the level of most servers, makes text some 5 % smaller for half as much
	 * time again.
	 */
	public static final List<CodingLevel> DEFAULT_CODINGS = List.of(new CodingLevel(ContentCoding.ZSTD, 3),
			new CodingLevel(ContentCoding.BROTLI, 4), new CodingLevel(ContentCoding.GZIP, 4));

	/**
	 * Options with the memory that is the default.
	 * @param codings the codings that are offered, the best first
	 * @param types what is worth compressing
	 * @param excludedAgents clients that get nothing compressed
	 * @param minSize how many bytes a body has to have at least
	 * @param excluded tells requests whose responses are never compressed
	 */
	public CompressionOptions(List<CodingLevel> codings, MediaTypes types, List<Pattern> excludedAgents, long minSize,
			Predicate<RequestHead> excluded) {
		this(codings, types, excludedAgents, minSize, excluded, 0);
	}

	/**
	 * Check the options.
	 * @throws IllegalArgumentException naming what is not right
	 */
	public CompressionOptions {
		codings = List.copyOf(codings);
		excludedAgents = List.copyOf(excludedAgents);
		if (codings.isEmpty()) {
			throw new IllegalArgumentException("codings has to name at least one coding, and is empty");
		}
		if (minSize < 0) {
			throw new IllegalArgumentException("minSize has to be 0 or more, and is " + minSize);
		}
		if (maxMemory < 0) {
			throw new IllegalArgumentException("maxMemory has to be 0 or more, and is " + maxMemory);
		}
	}

	/**
	 * The same with other codings.
	 * @param codings the codings, the best first
	 * @return the options
	 */
	public CompressionOptions withCodings(List<CodingLevel> codings) {
		return new CompressionOptions(codings, this.types, this.excludedAgents, this.minSize, this.excluded,
				this.maxMemory);
	}

	/**
	 * The same with other exclusions.
	 * @param excluded tells requests whose responses are never compressed
	 * @return the options
	 */
	public CompressionOptions withExcluded(Predicate<RequestHead> excluded) {
		return new CompressionOptions(this.codings, this.types, this.excludedAgents, this.minSize, excluded,
				this.maxMemory);
	}

	/**
	 * How much memory the encoders may take, with the default settled.
	 * @return the number of bytes
	 */
	long memoryLimit() {
		if (this.maxMemory > 0) {
			return this.maxMemory;
		}
		long most = this.codings.stream().mapToLong(CodingLevel::memory).max().orElse(0);
		return Math.max(Runtime.getRuntime().maxMemory() / 8, LEAST_ENCODERS * most);
	}

}
