package io.millrace.boot.autoconfigure.explain;

import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

class LinuxLimitsTests {

	@TempDir
	private Path root;

	@Test
	void theLimitsOfAGroupOfVersion2AreRead() throws IOException {
		write("proc/self/cgroup", "0::/\n");
		write("sys/fs/cgroup/cpu.max", "150000 100000\n");
		write("sys/fs/cgroup/memory.max", "536870912\n");
		write("sys/fs/cgroup/cpu.stat", "usage_usec 5\nnr_periods 200\nnr_throttled 50\nthrottled_usec 7\n");
		assertThat(limits().cpus()).isEqualTo(1.5);
		assertThat(limits().memory()).isEqualTo(512L << 20);
		assertThat(limits().throttled()).isEqualTo(0.25);
	}

	@Test
	void aGroupHasTheLimitsOfThoseThatItIsIn() throws IOException {
		write("proc/self/cgroup", "0::/kubepods/pod1/container\n");
		write("sys/fs/cgroup/kubepods/pod1/container/cpu.max", "max 100000\n");
		write("sys/fs/cgroup/kubepods/pod1/cpu.max", "50000 100000\n");
		write("sys/fs/cgroup/kubepods/cpu.max", "400000 100000\n");
		write("sys/fs/cgroup/kubepods/pod1/container/memory.max", "max\n");
		assertThat(limits().cpus()).isEqualTo(0.5);
		assertThat(limits().memory()).isNull();
	}

	@Test
	void theLimitsOfAGroupOfVersion1AreRead() throws IOException {
		write("proc/self/cgroup", "4:memory:/docker/abc\n3:cpu,cpuacct:/docker/abc\n");
		write("sys/fs/cgroup/cpu/docker/abc/cpu.cfs_quota_us", "200000\n");
		write("sys/fs/cgroup/cpu/docker/abc/cpu.cfs_period_us", "100000\n");
		write("sys/fs/cgroup/memory/memory.limit_in_bytes", "1073741824\n");
		assertThat(limits().cpus()).isEqualTo(2.0);
		assertThat(limits().memory()).isEqualTo(1L << 30);
	}

	@Test
	void withoutLimitsThereAreNone() throws IOException {
		write("proc/self/cgroup", "3:cpu,cpuacct:/\n");
		write("sys/fs/cgroup/cpu/cpu.cfs_quota_us", "-1\n");
		write("sys/fs/cgroup/cpu/cpu.cfs_period_us", "100000\n");
		write("sys/fs/cgroup/memory/memory.limit_in_bytes", "9223372036854771712\n");
		assertThat(limits().cpus()).isNull();
		assertThat(limits().memory()).isNull();
		assertThat(limits().throttled()).isNull();
	}

	@Test
	void onOtherSystemsNothingIsKnown() {
		assertThat(limits().cpus()).isNull();
		assertThat(limits().memory()).isNull();
		assertThat(limits().somaxconn()).isNull();
	}

	@Test
	void thePathOfAGroupLeadsNowhereElse() throws IOException {
		write("proc/self/cgroup", "0::/../../../other\n");
		write("other/cpu.max", "100000 100000\n");
		assertThat(limits().cpus()).isNull();
	}

	@Test
	void theKernelsBacklogIsRead() throws IOException {
		write("proc/sys/net/core/somaxconn", "128\n");
		assertThat(limits().somaxconn()).isEqualTo(128);
	}

	@Test
	@EnabledOnOs(OS.LINUX)
	void theKernelGivesAllOfTheNumber() throws IOException {
		Path file = Path.of("/proc/sys/net/core/somaxconn");
		Assumptions.assumeTrue(Files.isReadable(file));
		try (InputStream in = new FileInputStream(file.toFile())) {
			String text = new String(in.readNBytes(100), StandardCharsets.US_ASCII).strip();
			assertThat(new LinuxLimits(Path.of("/")).somaxconn()).isEqualTo(Integer.valueOf(text));
		}
	}

	private LinuxLimits limits() {
		return new LinuxLimits(this.root);
	}

	private void write(String path, String text) throws IOException {
		Path file = this.root.resolve(path);
		Files.createDirectories(file.getParent());
		Files.writeString(file, text);
	}

}
