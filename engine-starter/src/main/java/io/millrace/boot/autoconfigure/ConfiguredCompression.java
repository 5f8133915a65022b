package io.millrace.boot.autoconfigure;

import java.util.List;
import java.util.function.Predicate;

import io.millrace.boot.EngineCustomizer;
import io.millrace.boot.autoconfigure.CompressionProperties.Encoding;
import io.millrace.core.EngineConfig;
import io.millrace.core.compression.CodingLevel;
import io.millrace.core.compression.ContentCoding;
import io.millrace.core.http.CompressionOptions;
import io.millrace.core.http.DecompressionOptions;
import io.millrace.core.http.RequestHead;

import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.util.unit.DataSize;

/**
 * From {@code millrace.compression} and {@code millrace.decompression} to the options of
 * the engine. Whether responses are compressed at all is {@code server.compression}'s to
 * say.
 */
class ConfiguredCompression implements EngineCustomizer {

	private static final String ENCODINGS = "millrace.compression.encodings";

	private final CompressionProperties compression;

	private final DecompressionProperties decompression;

	private final DataSize maxBodySize;

	private final Predicate<RequestHead> uncompressed;

	/**
	 * Create a customizer.
	 * @param properties the properties
	 * @param uncompressed tells requests whose responses are never compressed
	 */
	ConfiguredCompression(MillraceProperties properties, Predicate<RequestHead> uncompressed) {
		this.compression = properties.getCompression();
		this.decompression = properties.getDecompression();
		this.maxBodySize = properties.getMaxRequestBodySize();
		this.uncompressed = uncompressed;
	}

	@Override
	public void customize(EngineConfig.Builder builder) {
		CompressionOptions options = builder.build().compression();
		if (options != null) {
			builder.compression(options.withCodings(OptionNames.check(this::codings)).withExcluded(this.uncompressed));
		}
		if (this.decompression.isEnabled()) {
			builder.decompression(OptionNames
				.check(() -> new DecompressionOptions(maxDecompressedSize(), this.decompression.getMaxRatio())));
		}
	}

	private List<CodingLevel> codings() {
		if (this.compression.getEncodings().isEmpty()) {
			return List.of(Encoding.values())
				.stream()
				.map(this::coding)
				.filter((each) -> each.coding().isAvailable())
				.toList();
		}
		this.compression.getEncodings().forEach(ConfiguredCompression::requireLibrary);
		return this.compression.getEncodings().stream().distinct().map(this::coding).toList();
	}

	private CodingLevel coding(Encoding encoding) {
		return switch (encoding) {
			case ZSTD -> new CodingLevel(ContentCoding.ZSTD, this.compression.getZstdLevel());
			case BR -> new CodingLevel(ContentCoding.BROTLI, this.compression.getBrLevel());
			case GZIP -> new CodingLevel(ContentCoding.GZIP, this.compression.getGzipLevel());
		};
	}

	private static void requireLibrary(Encoding encoding) {
		ContentCoding coding = ContentCoding.valueOf((encoding == Encoding.BR) ? "BROTLI" : encoding.name());
		if (!coding.isAvailable()) {
			throw new InvalidConfigurationPropertyValueException(ENCODINGS, coding.token(), "It needs "
					+ coding.library() + " on the class path, working on this platform. Add it, or leave it out.");
		}
	}

	private long maxDecompressedSize() {
		long own = this.decompression.getMaxSize().toBytes();
		long all = this.maxBodySize.toBytes();
		return (all > 0) ? Math.min(own, all) : own;
	}

}
