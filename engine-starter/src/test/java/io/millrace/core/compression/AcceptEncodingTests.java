package io.millrace.core.compression;

import java.util.List;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

class AcceptEncodingTests {

	private static final List<CodingLevel> PREFERRED = List.of(new CodingLevel(ContentCoding.ZSTD, 3),
			new CodingLevel(ContentCoding.BROTLI, 4), new CodingLevel(ContentCoding.GZIP, 4));

	@ParameterizedTest
	@CsvSource(delimiter = '|', nullValues = "-", textBlock = """
			''                                  | -
			gzip                                | GZIP
			GZip                                | GZIP
			x-gzip                              | GZIP
			gzip, deflate, br, zstd             | ZSTD
			gzip, deflate, br                   | BROTLI
			deflate                             | -
			compress, snappy                    | -
			gzipped                             | -
			br;q=0.5, gzip;q=0.8                | GZIP
			br;q=0.8, gzip;q=0.8                | BROTLI
			br ; q=0.4 , gzip ; Q=0.5           | GZIP
			gzip;q=0                            | -
			gzip;q=0.000                        | -
			gzip;q=0.001                        | GZIP
			gzip;q=1.000                        | GZIP
			gzip;q=1.001                        | -
			gzip;q=2                            | -
			gzip;q=0.1234                       | -
			gzip;q=                             | -
			gzip;q=high                         | -
			gzip;level=9                        | -
			*                                   | ZSTD
			*;q=0.1                             | ZSTD
			*;q=0                               | -
			gzip, *;q=0                         | GZIP
			zstd;q=0, *                         | BROTLI
			zstd;q=0, br;q=0, *;q=0.3           | GZIP
			identity                            | -
			identity, gzip                      | GZIP
			identity;q=1, gzip;q=0.5            | -
			identity;q=0.5, gzip;q=0.5          | GZIP
			identity;q=0, gzip;q=0.1            | GZIP
			',,gzip,,'                          | GZIP
			""")
	void theClientsWeightDecidesAndThenTheServersOrder(String field, ContentCoding expected) {
		assertThat(coding(AcceptEncoding.choose(List.of(field), PREFERRED))).isEqualTo(expected);
	}

	@ParameterizedTest
	@CsvSource(nullValues = "-", textBlock = """
			gzip;q=0.2, br;q=0.9, BROTLI
			br;q=0, gzip, GZIP
			""")
	void severalFieldsAreOne(String first, String second, ContentCoding expected) {
		assertThat(coding(AcceptEncoding.choose(List.of(first, second), PREFERRED))).isEqualTo(expected);
	}

	@ParameterizedTest
	@ValueSource(strings = { "identity;q=0", "gzip, identity;q=0.0", "gzip, *;q=0" })
	void identityMayBeRefused(String field) {
		assertThat(AcceptEncoding.refusesIdentity(List.of(field))).isTrue();
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "gzip", "*", "identity;q=0.1, *;q=0", "gzip;q=0" })
	void identityIsAcceptableUnlessItIsRefused(String field) {
		assertThat(AcceptEncoding.refusesIdentity(List.of(field))).isFalse();
	}

	private static ContentCoding coding(CodingLevel choice) {
		return (choice != null) ? choice.coding() : null;
	}

}
