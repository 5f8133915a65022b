package io.millrace.core.compression;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Random;
import java.util.zip.CRC32;
import java.util.zip.Deflater;
import java.util.zip.DeflaterOutputStream;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;

import io.millrace.core.compression.ContentEncoder.Until;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.buffer.Unpooled;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIOException;

/**
 * All libraries are on the class path of the tests.
 */
class ContentCodecTests {

	private static final ByteBufAllocator ALLOCATOR = PooledByteBufAllocator.DEFAULT;

	private static final byte[] TEXT = text();

	private final ContentEncoders encoders = new ContentEncoders(4);

	// Some of it compresses well, some does not.
	private static byte[] text() {
		Random random = new Random(4711);
		ByteArrayOutputStream text = new ByteArrayOutputStream();
		for (int i = 0; i < 1500; i++) {
			text.writeBytes(("line " + i + " of a text that says the same again and again\n")
				.getBytes(StandardCharsets.US_ASCII));
			byte[] noise = new byte[random.nextInt(40)];
			random.nextBytes(noise);
			text.writeBytes(noise);
		}
		return text.toByteArray();
	}

	@ParameterizedTest
	@EnumSource(mode = Mode.EXCLUDE, names = "DEFLATE")
	void whatWasEncodedInPartsIsDecodedByteByByte(ContentCoding coding) throws IOException {
		for (int level : new int[] { coding.minLevel(), 4 }) {
			for (int part : new int[] { 1000, 70_000, TEXT.length }) {
				byte[] coded = encode(new CodingLevel(coding, level), -1, part, Until.MORE);
				assertThat(coded.length).isLessThan(TEXT.length);
				assertThat(decode(coding, coded, 1)).isEqualTo(TEXT);
				assertThat(decode(coding, coded, coded.length)).isEqualTo(TEXT);
			}
		}
	}

	@ParameterizedTest
	@EnumSource(mode = Mode.EXCLUDE, names = "DEFLATE")
	void ofKnownSizeAndOfNothing(ContentCoding coding) throws IOException {
		byte[] coded = encode(new CodingLevel(coding, 4), TEXT.length, TEXT.length, Until.MORE);
		assertThat(decode(coding, coded, 997)).isEqualTo(TEXT);
		try (ContentEncoder encoder = this.encoders.create(new CodingLevel(coding, 4), -1)) {
			ByteBuf nothing = ALLOCATOR.directBuffer();
			encoder.encode(Unpooled.EMPTY_BUFFER, Until.END, nothing);
			byte[] empty = ByteBufUtil.getBytes(nothing);
			nothing.release();
			assertThat(empty).isNotEmpty();
			assertThat(decode(coding, empty, 1)).isEmpty();
		}
	}

	@ParameterizedTest
	@EnumSource(mode = Mode.EXCLUDE, names = "DEFLATE")
	void whatIsFlushedCanBeReadAtOnce(ContentCoding coding) throws Exception {
		try (ContentEncoder encoder = this.encoders.create(new CodingLevel(coding, 4), -1);
				ContentDecoder decoder = ContentDecoder.of(coding)) {
			for (int i = 0; i < 5; i++) {
				byte[] event = ("event " + i).getBytes(StandardCharsets.US_ASCII);
				ByteBuf out = ALLOCATOR.directBuffer();
				encoder.encode(Unpooled.wrappedBuffer(event), Until.FLUSH, out);
				ByteBuf read = ALLOCATOR.directBuffer(1000, 1000);
				decoder.decode(out, read);
				assertThat(ByteBufUtil.getBytes(read)).isEqualTo(event);
				out.release();
				read.release();
				assertThat(decoder.isComplete()).isFalse();
			}
		}
	}

	@ParameterizedTest
	@EnumSource
	void noMoreIsDecodedThanThereIsRoomFor(ContentCoding coding) throws IOException {
		byte[] coded = bomb(coding);
		assertThat(coded.length).isLessThan(20_000);
		try (ContentDecoder decoder = ContentDecoder.of(coding)) {
			ByteBuf source = Unpooled.wrappedBuffer(coded);
			long size = 0;
			ByteBuf piece = ALLOCATOR.directBuffer(4096, 4096);
			do {
				piece.clear();
				decoder.decode(source, piece);
				size += piece.readableBytes();
			}
			while (piece.isReadable());
			piece.release();
			assertThat(size).isEqualTo(10_000_000);
			assertThat(source.isReadable()).isFalse();
			assertThat(decoder.isComplete()).isTrue();
		}
	}

	@ParameterizedTest
	@EnumSource
	void whatWasCutOffIsNotComplete(ContentCoding coding) throws IOException {
		byte[] coded = bomb(coding);
		for (int length : new int[] { 1, 3, 7, 12, coded.length / 2, coded.length - 1 }) {
			try (ContentDecoder decoder = ContentDecoder.of(coding)) {
				drain(decoder, Unpooled.wrappedBuffer(coded, 0, length));
				assertThat(decoder.isComplete()).as("%d of %d bytes", length, coded.length).isFalse();
			}
		}
	}

	@ParameterizedTest
	@EnumSource
	void whatIsBrokenIsRefused(ContentCoding coding) throws IOException {
		try (ContentDecoder decoder = ContentDecoder.of(coding)) {
			byte[] noise = new byte[4096];
			Arrays.fill(noise, (byte) 0xff);
			assertThatIOException().isThrownBy(() -> drain(decoder, Unpooled.wrappedBuffer(noise)));
		}
	}

	@ParameterizedTest
	@EnumSource(names = { "DEFLATE", "BROTLI", "GZIP", "ZSTD" })
	void nothingMayFollow(ContentCoding coding) throws IOException {
		byte[] coded = bomb(coding);
		byte[] more = Arrays.copyOf(coded, coded.length + 20);
		try (ContentDecoder decoder = ContentDecoder.of(coding)) {
			assertThatIOException().isThrownBy(() -> drain(decoder, Unpooled.wrappedBuffer(more)));
		}
	}

	@Test
	void gzipIsThatOfTheJdk() throws IOException {
		byte[] coded = encode(new CodingLevel(ContentCoding.GZIP, 6), -1, 10_000, Until.FLUSH);
		assertThat(new GZIPInputStream(new ByteArrayInputStream(coded)).readAllBytes()).isEqualTo(TEXT);
		ByteArrayOutputStream two = new ByteArrayOutputStream();
		for (int i = 0; i < 2; i++) {
			try (GZIPOutputStream gzip = new GZIPOutputStream(two)) {
				gzip.write(TEXT);
			}
		}
		byte[] both = decode(ContentCoding.GZIP, two.toByteArray(), 100);
		assertThat(both).startsWith(TEXT).hasSize(2 * TEXT.length);
	}

	@Test
	void aGzipHeaderMayHaveExtraFieldsNameCommentAndChecksum() throws IOException {
		ByteArrayOutputStream coded = new ByteArrayOutputStream();
		coded.writeBytes(new byte[] { 0x1f, (byte) 0x8b, 8, 4 + 8 + 16 + 2, 0, 0, 0, 0, 0, 3 });
		coded.writeBytes(new byte[] { 3, 0, 'a', 'b', 'c' });
		coded.writeBytes("name\0comment\0".getBytes(StandardCharsets.US_ASCII));
		coded.writeBytes(new byte[] { 1, 2 });
		Deflater deflater = new Deflater(5, true);
		try (DeflaterOutputStream body = new DeflaterOutputStream(coded, deflater)) {
			body.write(TEXT);
		}
		deflater.end();
		CRC32 checksum = new CRC32();
		checksum.update(TEXT);
		ByteBuf trailer = Unpooled.buffer().writeIntLE((int) checksum.getValue()).writeIntLE(TEXT.length);
		coded.writeBytes(ByteBufUtil.getBytes(trailer));
		assertThat(decode(ContentCoding.GZIP, coded.toByteArray(), 1)).isEqualTo(TEXT);
	}

	@Test
	void aWrongGzipChecksumIsRefused() throws IOException {
		byte[] coded = encode(new CodingLevel(ContentCoding.GZIP, 6), -1, TEXT.length, Until.MORE);
		for (int at : new int[] { coded.length - 1, coded.length - 5 }) {
			byte[] wrong = coded.clone();
			wrong[at]++;
			assertThatIOException().isThrownBy(() -> decode(ContentCoding.GZIP, wrong, 100))
				.withMessageContaining("checksum");
		}
	}

	@Test
	void deflateIsZlibOrBare() throws IOException {
		for (boolean bare : new boolean[] { true, false }) {
			ByteArrayOutputStream coded = new ByteArrayOutputStream();
			Deflater deflater = new Deflater(5, bare);
			try (DeflaterOutputStream body = new DeflaterOutputStream(coded, deflater)) {
				body.write(TEXT);
			}
			deflater.end();
			assertThat(decode(ContentCoding.DEFLATE, coded.toByteArray(), 7)).isEqualTo(TEXT);
		}
	}

	@Test
	void aZstdWindowThatIsLargerThanAServerGrantsIsRefused() throws IOException {
		// A frame header that asks for 128 MB (RFC 8878 §3.1.1.1.2).
		byte[] frame = { 0x28, (byte) 0xb5, 0x2f, (byte) 0xfd, 0, (byte) (17 << 3), 1, 0, 0 };
		try (ContentDecoder decoder = ContentDecoder.of(ContentCoding.ZSTD)) {
			assertThatIOException().isThrownBy(() -> drain(decoder, Unpooled.wrappedBuffer(frame)));
		}
	}

	@Test
	void levelsAreChecked() {
		assertThatExceptionOfType(IllegalArgumentException.class)
			.isThrownBy(() -> new CodingLevel(ContentCoding.GZIP, 10))
			.withMessage("gzipLevel has to be 1 to 9, and is 10");
		assertThatExceptionOfType(IllegalArgumentException.class)
			.isThrownBy(() -> new CodingLevel(ContentCoding.DEFLATE, 5));
	}

	private byte[] encode(CodingLevel choice, long size, int part, Until between) throws IOException {
		ByteBuf out = ALLOCATOR.directBuffer();
		try (ContentEncoder encoder = this.encoders.create(choice, size)) {
			for (int at = 0; at < TEXT.length; at += part) {
				int end = Math.min(TEXT.length, at + part);
				ByteBuf source = (at % 2 == 0) ? Unpooled.wrappedBuffer(TEXT, at, end - at)
						: ALLOCATOR.directBuffer().writeBytes(TEXT, at, end - at);
				encoder.encode(source, (end == TEXT.length) ? Until.END : between, out);
				assertThat(source.isReadable()).isFalse();
				source.release();
			}
			return ByteBufUtil.getBytes(out);
		}
		finally {
			out.release();
		}
	}

	private byte[] bomb(ContentCoding coding) throws IOException {
		byte[] zeros = new byte[10_000_000];
		if (coding == ContentCoding.DEFLATE) {
			ByteArrayOutputStream coded = new ByteArrayOutputStream();
			try (DeflaterOutputStream deflater = new DeflaterOutputStream(coded)) {
				deflater.write(zeros);
			}
			return coded.toByteArray();
		}
		ByteBuf out = ALLOCATOR.directBuffer();
		try (ContentEncoder encoder = this.encoders.create(new CodingLevel(coding, 5), zeros.length)) {
			encoder.encode(Unpooled.wrappedBuffer(zeros), Until.END, out);
			return ByteBufUtil.getBytes(out);
		}
		finally {
			out.release();
		}
	}

	private static byte[] decode(ContentCoding coding, byte[] coded, int part) throws IOException {
		ByteArrayOutputStream text = new ByteArrayOutputStream();
		try (ContentDecoder decoder = ContentDecoder.of(coding)) {
			int size;
			for (int at = 0; at < coded.length; at += size) {
				// Bytes matter where something begins and ends.
				boolean between = at > 300 && at < coded.length - 1300;
				size = Math.min(between ? Math.max(part, 1000) : part, coded.length - at);
				text.writeBytes(drain(decoder, Unpooled.wrappedBuffer(coded, at, size)));
			}
			assertThat(decoder.isComplete()).isTrue();
		}
		return text.toByteArray();
	}

	private static byte[] drain(ContentDecoder decoder, ByteBuf source) throws IOException {
		ByteArrayOutputStream text = new ByteArrayOutputStream();
		ByteBuf piece = ALLOCATOR.directBuffer(3000, 3000);
		try {
			do {
				piece.clear();
				decoder.decode(source, piece);
				text.writeBytes(ByteBufUtil.getBytes(piece));
			}
			while (piece.isReadable());
			return text.toByteArray();
		}
		finally {
			piece.release();
		}
	}

}
