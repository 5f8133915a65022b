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
 */
public record CompressionOptions(List<CodingLevel> codings, MediaTypes types, List<Pattern> excludedAgents,
		long minSize, Predicate<RequestHead> excluded) {

	/**
	 * The codings, as far as their libraries are here: what takes the least time for a
	 * byte first. gzip at 4: from there on zlib looks twice for a match, and what it
	 * finds at 6, the level of most servers, makes text some 5 % smaller for half as much
	 * time again.
	 */
	public static final List<CodingLevel> DEFAULT_CODINGS = List.of(new CodingLevel(ContentCoding.ZSTD, 3),
			new CodingLevel(ContentCoding.BROTLI, 4), new CodingLevel(ContentCoding.GZIP, 4));

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
	}

	/**
	 * The same with other codings.
	 * @param codings the codings, the best first
	 * @return the options
	 */
	public CompressionOptions withCodings(List<CodingLevel> codings) {
		return new CompressionOptions(codings, this.types, this.excludedAgents, this.minSize, this.excluded);
	}

	/**
	 * The same with other exclusions.
	 * @param excluded tells requests whose responses are never compressed
	 * @return the options
	 */
	public CompressionOptions withExcluded(Predicate<RequestHead> excluded) {
		return new CompressionOptions(this.codings, this.types, this.excludedAgents, this.minSize, excluded);
	}

}
