package io.millrace.boot.autoconfigure;

import java.util.List;

import io.millrace.boot.autoconfigure.CompressionProperties.Encoding;
import io.millrace.core.EngineConfig;
import io.millrace.core.compression.CodingLevel;
import io.millrace.core.compression.ContentCoding;
import io.millrace.core.compression.MediaTypes;
import io.millrace.core.http.CompressionOptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.mock.env.MockEnvironment;
import org.springframework.util.unit.DataSize;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

class ConfiguredCompressionTests {

	private final MillraceProperties properties = new MillraceProperties();

	@Test
	void defaultsAreThoseOfTheEngine() {
		assertThat(apply().compression().codings()).isEqualTo(CompressionOptions.DEFAULT_CODINGS);
		assertThat(apply().decompression()).isNull();
	}

	@Test
	void encodingsAreOfferedInTheirOrder() {
		this.properties.getCompression().setEncodings(List.of(Encoding.GZIP, Encoding.BR, Encoding.GZIP));
		this.properties.getCompression().setGzipLevel(9);
		assertThat(apply().compression().codings()).containsExactly(new CodingLevel(ContentCoding.GZIP, 9),
				new CodingLevel(ContentCoding.BROTLI, 4));
	}

	@Test
	void nothingIsAddedWhereNothingIsCompressed() {
		EngineConfig.Builder builder = EngineConfig.builder();
		new ConfiguredCompression(this.properties, (request) -> false).customize(builder);
		assertThat(builder.build().compression()).isNull();
	}

	@Test
	void aDecompressedBodyIsNoLargerThanAnyBody() {
		this.properties.getDecompression().setEnabled(true);
		assertThat(apply().decompression().maxSize()).isEqualTo(10 * 1024 * 1024);
		assertThat(apply().decompression().maxRatio()).isEqualTo(100);
		this.properties.setMaxRequestBodySize(DataSize.ofBytes(1000));
		assertThat(apply().decompression().maxSize()).isEqualTo(1000);
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', textBlock = """
			millrace.compression.gzip-level      | 0   | 1 to 9
			millrace.compression.br-level        | 12  | 0 to 11
			millrace.compression.zstd-level      | 20  | 1 to 19
			millrace.decompression.max-size      | 0   | 1 or more
			millrace.decompression.max-ratio     | 0   | 1 or more
			""")
	void whatIsOutOfRangeIsRefusedByItsName(String property, String value, String rule) {
		MillraceProperties bound = Binder
			.get(new MockEnvironment().withProperty(property, value)
				.withProperty("millrace.decompression.enabled", "true"))
			.bind("millrace", MillraceProperties.class)
			.get();
		assertThatExceptionOfType(InvalidConfigurationPropertyValueException.class)
			.isThrownBy(() -> new ConfiguredCompression(bound, (request) -> false).customize(compressing()))
			.satisfies((refusal) -> {
				assertThat(refusal.getName()).isEqualTo(property);
				assertThat(refusal.getValue()).isEqualTo(value);
				assertThat(refusal.getReason()).contains(rule);
			});
	}

	private EngineConfig apply() {
		EngineConfig.Builder builder = compressing();
		new ConfiguredCompression(this.properties, (request) -> false).customize(builder);
		return builder.build();
	}

	private static EngineConfig.Builder compressing() {
		return EngineConfig.builder()
			.compression(new CompressionOptions(CompressionOptions.DEFAULT_CODINGS, new MediaTypes(List.of()),
					List.of(), 0, (request) -> false));
	}

}
