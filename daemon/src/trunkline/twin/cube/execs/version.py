"""The text of `show version`, of IOS 15 on an ISR and of IOS XE. Sources: captures of IOS 15.1, 16.6 and 17.15."""

from collections.abc import Iterator
from datetime import timedelta

from trunkline.twin.cube.router import Router
from trunkline.twin.cube.trains import Train

EXPORT_NOTICE = (
    "This product contains cryptographic features and is subject to United",
    "States and local country laws governing import, export, transfer and",
    "use. Delivery of Cisco cryptographic products does not imply",
    "third-party authority to import, export, distribute or use encryption.",
    "Importers, exporters, distributors and users are responsible for",
    "compliance with U.S. and local country laws. By using this product you",
    "agree to comply with applicable laws and regulations. If you are unable",
    "to comply with U.S. and local laws, return this product immediately.",
    "",
    "A summary of U.S. laws governing Cisco cryptographic products may be found at:",
    "http://www.cisco.com/wwl/export/crypto/tool/stqrg.html",
    "",
    "If you require further assistance please contact us by sending email to",
    "export@cisco.com.",
    "",
)
LICENCE_NOTICE = (
    "Cisco IOS-XE software, Copyright (c) 2005-2024 by cisco Systems, Inc.",
    "All rights reserved.  Certain components of Cisco IOS-XE software are",
    'licensed under the GNU General Public License ("GPL") Version 2.0.  The',
    "software code licensed under GPL Version 2.0 is free software that comes",
    "with ABSOLUTELY NO WARRANTY.  You can redistribute and/or modify such",
    "GPL code under the terms of GPL Version 2.0.  For more details, see the",
    'documentation or "License Notice" file accompanying the IOS-XE software,',
    "or the applicable URL provided on the flyer accompanying the IOS-XE",
    "software.",
)
TECHNOLOGY_PACKAGES = (
    "Technology Package License Information for Module:'c2900' ",
    "",
    "-" * 65,
    "Technology    Technology-package           Technology-package",
    "              Current       Type           Next reboot  ",
    "-" * 66,
    "ipbase        ipbasek9      Permanent      ipbasek9",
    "security      securityk9    Permanent      securityk9",
    "uc            uck9          Permanent      uck9",
    "data          None          None           None",
    "",
)
CLASSIC = (
    "Cisco IOS Software, C2900 Software (C2900-UNIVERSALK9-M), Version {version}, RELEASE SOFTWARE (fc1)",
    "Technical Support: http://www.cisco.com/techsupport",
    "Copyright (c) 1986-2016 by Cisco Systems, Inc.",
    "Compiled Tue 25-Oct-16 08:07 by prod_rel_team",
    "",
    "ROM: System Bootstrap, Version 15.0(1r)M16, RELEASE SOFTWARE (fc1)",
    "",
    "{hostname} uptime is {uptime}",
    "System returned to ROM by reload at {started}",
    "System restarted at {started}",
    'System image file is "flash0:c2900-universalk9-mz.SPA.156-3.M1.bin"',
    "Last reload type: Normal Reload",
    "Last reload reason: Reload Command",
    *("", "", ""),
    *EXPORT_NOTICE,
    "Cisco CISCO2901/K9 (revision 1.0) with 479232K/45056K bytes of memory.",
    "Processor board ID {serial_number}",
    "2 Gigabit Ethernet interfaces",
    "1 terminal line",
    "1 Virtual Private Network (VPN) Module",
    "DRAM configuration is 64 bits wide with parity disabled.",
    "255K bytes of non-volatile configuration memory.",
    "255488K bytes of ATA System CompactFlash 0 (Read/Write)",
    *("", ""),
    "License Info:",
    "",
    "License UDI:",
    "",
    "-" * 49,
    "Device#\t  PID\t\t\tSN",
    "-" * 49,
    "*0  \t  CISCO2901/K9          {serial_number}     ",
    *("", "", ""),
    *TECHNOLOGY_PACKAGES,
    "Configuration register is 0x2102",
    "",
)
XE = (
    "Cisco IOS XE Software, Version {version}",
    (
        "Cisco IOS Software [IOSXE], Virtual XE Software (X86_64_LINUX_IOSD-UNIVERSALK9-M), Version {plain_version}, "
        "RELEASE SOFTWARE (fc2)"
    ),
    "Technical Support: http://www.cisco.com/techsupport",
    "Copyright (c) 1986-2024 by Cisco Systems, Inc.",
    "Compiled Mon 25-Mar-24 18:03 by mcpre",
    *("", ""),
    *LICENCE_NOTICE,
    *("", ""),
    "ROM: IOS-XE ROMMON",
    "",
    "{hostname} uptime is {uptime}",
    "Uptime for this control processor is {processor_uptime}",
    "System returned to ROM by Reload Command at {started}",
    "System restarted at {started}",
    'System image file is "bootflash:packages.conf"',
    "Last reload reason: Reload Command",
    *("", "", ""),
    *EXPORT_NOTICE,
    "License Level:",
    "License Type: Perpetual",
    "Next reload license Level:",
    "",
    "Addon License Level:",
    "Addon License Type: Subscription",
    "Next reload addon license Level:",
    "",
    "The current throughput level is 250000 kbps",
    *("", ""),
    "Smart Licensing Status: Smart Licensing Using Policy",
    "",
    "cisco C8000V (VXE) processor (revision VXE) with 2028465K/3075K bytes of memory.",
    "Processor board ID {serial_number}",
    "Router operating mode: Autonomous",
    "3 Gigabit Ethernet interfaces",
    "32768K bytes of non-volatile configuration memory.",
    "8082280K bytes of physical memory.",
    "14589951K bytes of virtual hard disk at bootflash:.",
    "",
    "Configuration register is 0x2102",
    "",
)
"""Both are templates: the words in braces are those of `lines`."""


def platform(train: Train) -> str:
    return "C8000V" if train.is_xe else "CISCO2901/K9"


def lines(router: Router, uptime: timedelta) -> Iterator[str]:
    """The whole answer."""
    version = router.train.version
    told = {
        "version": version,
        "plain_version": ".".join(part.lstrip("0") or "0" for part in version.split(".")),
        "hostname": router.hostname,
        "serial_number": router.serial_number,
        "started": router.zone.stamp(router.started_at),
        "uptime": spoken(uptime),
        "processor_uptime": spoken(uptime + timedelta(minutes=1)),
    }
    return (line.format(**told) for line in (XE if router.train.is_xe else CLASSIC))


def spoken(passed: timedelta) -> str:
    """2 weeks, 2 days, 18 hours, 23 minutes"""
    minutes = int(passed.total_seconds() // 60)
    hours, days = minutes // 60, minutes // 1440
    parts = [(days // 7, "week"), (days % 7, "day"), (hours % 24, "hour"), (minutes % 60, "minute")]
    shown = [f"{count} {name}{'' if count == 1 else 's'}" for count, name in parts if count] or ["0 minutes"]
    return ", ".join(shown)
